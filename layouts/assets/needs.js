/* The attention strip: what does not fit is one key away, and follows every refresh while it is open. */
(() => {
  "use strict";
  const button = () => document.getElementById("needs-rest");
  let open = false;
  function item([look, text, action, panel]) {
    const made = document.createElement("span"), [icon, said, way] = ["span", "span", "a"].map((tag) => made.appendChild(document.createElement(tag)));
    made.className = `${look} more`;
    icon.className = "icon"; icon.setAttribute("aria-hidden", "true");
    said.textContent = text;
    way.className = "do"; way.textContent = action; way.dataset.panel = panel;
    way.href = window.tollboard.addressWith({ ...window.tollboard.NO_PANEL, panel });
    return made;
  }
  function draw() {
    const rest = JSON.parse(button().dataset.rest || "[]");
    document.querySelectorAll(".need.more").forEach((made) => made.remove());
    button().textContent = open ? "Show fewer" : `and ${rest.length} more`;
    button().setAttribute("aria-expanded", String(open));
    if (open) button().before(...rest.map(item));
  }
  document.addEventListener("click", (event) => { if (event.target.closest("#needs-rest")) { open = !open; draw(); } });
  document.addEventListener("DOMContentLoaded", () => {
    if (!button()) return;
    draw();
    new MutationObserver(draw).observe(button(), { attributeFilter: ["data-rest"] });
  });
})();
