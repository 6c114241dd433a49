// Gives each rich text editor the name of the field that it stands for: the label itself belongs to the hidden box.
"use strict";
document.addEventListener("prose-editor:ready", ({ detail: { editor, textarea } }) => {
  const [label] = textarea.labels;
  editor.view.dom.setAttribute("aria-label", label.textContent.replace(/\s*:\s*$/, ""));
  label.addEventListener("click", () => editor.commands.focus());
});
