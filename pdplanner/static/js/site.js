// Small comforts on top of pages that work without any of this.

// A menu closes with Escape, and when the reader moves on.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details.menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

// After a partial update the keyboard stays where the work is: on what the answer marks, or on
// the heading of the part that was replaced. What looks for news by itself moves nobody's focus,
// nor does what appears beside a field that somebody is typing in.
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.requestConfig?.triggeringEvent?.isTrusted !== true) return;
  if (event.detail.requestConfig.triggeringEvent.type === "input") return;
  const part = document.getElementById(event.detail.target?.id);
  if (!part || part.contains(document.activeElement)) return;
  const next = part.querySelector("[data-focus]") || part.querySelector("h1, h2, h3");
  if (!next) return;
  next.setAttribute("tabindex", "-1");
  next.focus();
});
