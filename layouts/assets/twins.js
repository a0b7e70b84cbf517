/* Tables in place of charts: filled where they are asked for, cell by cell, so that focus stays. */
(() => {
  "use strict";
  function cell(kind, [text, panel, filter]) {
    const made = document.createElement(kind);
    fill(made, [text, panel, filter]);
    return made;
  }
  function fill(place, [text, panel, filter]) {
    if (!panel) { if (place.textContent !== text || place.firstElementChild) place.textContent = text; return; }
    let link = place.querySelector("a");
    if (!link) { link = document.createElement("a"); place.replaceChildren(link); }
    if (link.textContent !== text) link.textContent = text;
    link.dataset.panel = panel;
    link.dataset.filter = filter || "";
    link.href = window.tollboard.addressWith({ ...window.tollboard.NO_PANEL, panel, filter: filter || null });
  }
  function drawn(chart, place, [head, rows]) {
    const caption = document.querySelector(`[data-twin="${chart}"]`).getAttribute("aria-label");
    const shape = `${head.length}x${rows.length}`;
    let table = place.querySelector("table");
    if (!table || table.dataset.shape !== shape) {
      table = document.createElement("table");
      table.dataset.shape = shape;
      table.setAttribute("aria-label", caption);
      const top = table.createTHead().insertRow();
      head.forEach((name) => { const made = cell("th", [name]); made.scope = "col"; top.append(made); });
      const body = table.createTBody();
      rows.forEach((row) => {
        const line = body.insertRow();
        row.forEach((one, index) => { const made = cell(index ? "td" : "th", one); if (!index) made.scope = "row"; line.append(made); });
      });
      place.replaceChildren(table);
      place.tabIndex = 0;
      place.setAttribute("role", "region"); place.setAttribute("aria-label", caption);
      return;
    }
    Array.from(table.tBodies[0].rows).forEach((line, at) => Array.from(line.cells).forEach((one, index) => { if (rows[at][index]) fill(one, rows[at][index]); }));
  }
  function twins(found) {
    document.querySelectorAll(".twin").forEach((place) => {
      const chart = place.id.replace(/-twin$/, ""), its = found && found[chart];
      place.hidden = !its;
      document.getElementById(`${chart}-card`).classList.toggle("as-table", Boolean(its));
      const button = document.querySelector(`[data-twin="${chart}"]`);
      button.setAttribute("aria-pressed", String(Boolean(its)));
      button.textContent = its ? "Chart" : "Table";
      if (its) drawn(chart, place, its); else place.replaceChildren();
    });
    return window.dash_clientside.no_update;
  }
  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.tollboard_twins = { twins };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-twin]"), measure = event.target.closest("[data-measure]");
    if (measure && !event.ctrlKey && !event.metaKey) { event.preventDefault(); window.tollboard.go({ measure: measure.dataset.measure === "calls" ? null : measure.dataset.measure }); return; }
    if (!button) return;
    const all = Array.from(document.querySelectorAll("[data-twin]"), (one) => one.dataset.twin);
    const given = window.tollboard.address().get("tables") || "";
    const shown = new Set(given === "all" ? all : given.split(",").filter(Boolean));
    if (!shown.delete(button.dataset.twin)) shown.add(button.dataset.twin);
    window.tollboard.go({ tables: shown.size === all.length ? "all" : [...shown].join(",") || null });
  });
})();
