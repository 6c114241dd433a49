// One tab for each language. Without this script the languages are plain headed sections.
"use strict";
for (const group of document.querySelectorAll(".languages")) {
  const panels = [...group.children];
  const bar = document.createElement("div");
  const tabs = panels.map((panel) => {
    const tab = document.createElement("button");
    tab.append(...panel.querySelector("h2").cloneNode(true).childNodes);
    Object.assign(tab, { type: "button", id: `${panel.id}-tab`, role: "tab", onclick: () => choose(tab) });
    tab.setAttribute("aria-controls", panel.id);
    tab.classList.toggle("wrong", panel.querySelector(".errorlist") !== null);
    Object.assign(panel, { role: "tabpanel" }).setAttribute("aria-labelledby", tab.id);
    return tab;
  });
  const show = (shown) => {
    for (const [number, tab] of tabs.entries()) {
      tab.setAttribute("aria-selected", tab === shown);
      tab.tabIndex = tab === shown ? 0 : -1;
      panels[number].hidden = tab !== shown;
    }
  };
  // The address remembers the tab, so that it is open again after saving.
  const choose = (tab) => { show(tab); history.replaceState(null, "", `#${name(tab)}`); };
  const name = (tab) => panels[tabs.indexOf(tab)].dataset.language;
  bar.onkeydown = (event) => {
    const forward = { ArrowRight: 1, ArrowLeft: -1 }[event.key] * (document.dir === "rtl" ? -1 : 1);
    const next = { Home: 0, End: tabs.length - 1 }[event.key] ?? (tabs.indexOf(event.target) + forward + tabs.length) % tabs.length;
    if (next >= 0) { event.preventDefault(); choose(tabs[next]); tabs[next].focus(); }
  };
  Object.assign(bar, { className: "tabs", role: "tablist", ariaLabel: group.dataset.label });
  bar.append(...tabs);
  group.before(bar);
  group.classList.add("tabbed");
  // A link to a field opens its language first.
  const lead = () => {
    const field = document.getElementById(location.hash.slice(1));
    const panel = panels.find((one) => field && one.contains(field));
    if (panel) { show(tabs[panels.indexOf(panel)]); field.closest(".form-row")?.scrollIntoView(); }
  };
  addEventListener("hashchange", lead);
  show(tabs.find((tab) => tab.matches(".wrong")) ?? tabs.find((tab) => `#${name(tab)}` === location.hash) ?? tabs[0]);
  lead();
}
