/* The keyboard, its help, and links to copy. Single keys act only where nothing is typed. */
(() => {
  "use strict";
  const SWITCH = "tollboard-keys";
  const off = () => localStorage.getItem(SWITCH) === "off";
  const help = () => document.getElementById("keys");
  function openHelp() {
    tellSwitch();
    if (!help().open) help().showModal();
  }
  function tellSwitch() {
    const button = document.getElementById("keys-switch");
    button.textContent = off() ? "Switch single keys on" : "Switch single keys off";
    button.setAttribute("aria-pressed", String(off()));
  }
  function toTile(step) {
    const tiles = Array.from(document.querySelectorAll("#page .tile .open"));
    const at = tiles.indexOf(document.activeElement);
    if (at < 0) return false;
    tiles[(at + step + tiles.length) % tiles.length].focus();
    return true;
  }
  const acts = {
    r: () => window.tollboard.refresh(),
    p: () => window.tollboard.go({ refresh: window.tollboard.paused() ? null : "off" }),
    e: () => { const link = document.querySelector("#panel.show #export-csv"); if (link) link.click(); },
    t: () => window.tollboard.go({ tables: window.tollboard.address().has("tables") ? null : "all" }),
    "/": () => window.tollboard_search(),
    "?": openHelp,
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (event.target.closest("input,textarea,select,[contenteditable]") || document.querySelector("dialog[open],.modal.show")) return;
    const act = acts[event.key];
    if (act && !off()) { event.preventDefault(); act(); return; }
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step && !document.querySelector("#panel.show") && toTile(step)) event.preventDefault();
  });
  function told(text) {
    const line = document.getElementById("uploads").appendChild(document.createElement("div"));
    line.textContent = text; line.className = "done";
    setTimeout(() => line.remove(), 4000);
  }
  async function copy(text) {
    try { await navigator.clipboard.writeText(text); } catch (error) { /* no clipboard without a secure address */
      const area = document.body.appendChild(document.createElement("textarea"));
      area.value = text; area.select(); document.execCommand("copy"); area.remove();
    }
  }
  document.addEventListener("click", (event) => {
    const hit = event.target.closest("[data-copy],[data-help],[data-close],[data-keys],[data-skip]");
    if (!hit) return;
    if (hit.dataset.skip) { event.preventDefault(); document.querySelector("#page .tile .open").focus(); }
    else if (hit.dataset.help) openHelp();
    else if (hit.dataset.close) document.getElementById(hit.dataset.close).close();
    else if (hit.dataset.keys) { localStorage.setItem(SWITCH, off() ? "on" : "off"); tellSwitch(); }
    else {
      const { first, last } = document.getElementById("period-span").dataset;
      const fixed = hit.dataset.copy === "absolute" ? { period: null, from: first, to: last } : {};
      const link = window.location.origin + window.tollboard.addressWith(fixed);
      copy(link).then(() => told("The link is copied."));
      window.tollboard.copied = link;
    }
  });
})();
