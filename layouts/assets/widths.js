/* Columns as wide as what stands in them: no amount and no number is cut, and no head. */
(() => {
  "use strict";
  const PHONE_PX = 600, FIRST_ON_PHONE_PX = 184;
  const EDGE_PX = 6, SIGN_PX = 22; /* borders; a sign of the order or of a filter, and its gap */
  const ink = document.createElement("canvas").getContext("2d");
  const grids = new WeakMap();
  const ownOf = (grid) => grid.getAllGridColumns().filter((one) => (one.getColDef().context || {}).widths);
  /* Figures have one width each (tabular), which a canvas does not know of: a nought's. */
  const widthOf = (text) => ink.measureText(String(text).replace(/\d/g, "0")).width;
  function seenOf(grid) {
    if (!grids.has(grid)) grids.set(grid, { texts: new Map(), widths: new Map(), byHand: new Set(), narrow: narrowed(grid) });
    return grids.get(grid);
  }
  /* On a phone the amounts that make the panel's total stand beside what a row is, not out of sight:
     the column that gives them its room. */
  function narrowed(grid) {
    const own = ownOf(grid), counted = own.find((one) => one.getColDef().context.counted);
    if (window.innerWidth >= PHONE_PX || !counted || counted === own[0]) return null;
    grid.moveColumns([counted], grid.getAllGridColumns().indexOf(own[0]) + 1);
    return own[0];
  }
  function widest(grid, column, seen) {
    const id = column.getColId(), head = column.getColDef().headerName;
    const [least, most] = column.getColDef().context.widths.map((one) => (column === seen.narrow ? Math.min(one, FIRST_ON_PHONE_PX) : one));
    const texts = seen.texts.get(id) || seen.texts.set(id, new Set()).get(id);
    let widest_px = 0;
    grid.forEachNode((row) => {
      const text = row.data && row.data[id];
      if (!text || texts.has(text)) return;
      texts.add(text);
      widest_px = Math.max(widest_px, widthOf(text));
    });
    const signs = [column.getSort(), column.isFilterActive()].filter(Boolean).length * SIGN_PX;
    const pad = seen.padding + EDGE_PX;
    return Math.ceil(Math.max(least, Math.min(most, widest_px + pad), widthOf(head) + signs + pad, seen.widths.get(id) || 0));
  }
  /* A column begins with its head and only grows, so that no refresh moves what is looked at. One that
     a person has set stays as it was set. */
  function fitted({ api, type, source, column }) {
    const seen = seenOf(api);
    if (type === "columnResized") { if (source === "uiColumnResized" && column) seen.byHand.add(column.getColId()); return; }
    const root = document.getElementById("grid");
    if (!root) return;
    const style = getComputedStyle(root), named = (name) => style.getPropertyValue(`--ag-${name}`).trim();
    seen.padding = 2 * parseFloat(named("cell-horizontal-padding"));
    ink.font = `500 ${named("font-size")} ${named("font-family")}`;
    const changed = ownOf(api).filter((one) => !seen.byHand.has(one.getColId())).map((one) => ({ key: one, newWidth: widest(api, one, seen) }))
      .filter(({ key, newWidth }) => { seen.widths.set(key.getColId(), newWidth); return newWidth !== key.getActualWidth(); });
    if (changed.length) api.setColumnWidths(changed);
  }
  window.dashAgGridFunctions = { ...window.dashAgGridFunctions, fitted };
})();
