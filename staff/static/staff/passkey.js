// Shows what needs a passkey where the browser can use one, and says so when it was not used.
(function () {
  "use strict";
  document.addEventListener("DOMContentLoaded", function () {
    if (!window.PublicKeyCredential) { return; }
    document.querySelectorAll("[data-passkey]").forEach(function (form) { form.hidden = false; });
  });
  document.addEventListener("allauth.error", function (event) {
    event.preventDefault();
    document.querySelectorAll("[data-passkey-failed]").forEach(function (note) {
      note.hidden = true;
      window.setTimeout(function () { note.hidden = false; }, 50);
    });
  });
})();
