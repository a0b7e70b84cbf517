/* Cells that lead somewhere: links, so that they are found, read out and copied as links. */
(() => {
  "use strict";
  window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {};
  window.dashAgGridComponentFunctions.Way = (props) => {
    const way = props.value && props.data && props.data.ways && props.data.ways[props.colDef.field];
    if (!way) return props.value || null;
    const data = Object.fromEntries(Object.entries(way).map(([name, value]) => [`data-${name}`, value]));
    const changes = way.panel ? { ...window.tollboard.NO_PANEL, ...way } : way;
    return window.React.createElement("a", { ...data, href: window.tollboard.addressWith(changes), className: "way", tabIndex: -1 }, props.value);
  };
  /* Tab leaves the grid, in which the arrows move: its actions are one key away, not one a column.
     Source: W3C, ARIA Authoring Practices, "Grid (Interactive Tabular Data and Layout Containers)". */
  window.dashAgGridFunctions = { ...window.dashAgGridFunctions, leave: () => false };
  /* On a phone the amounts that make the panel's total stand beside what a row is, not out of sight. */
  const PHONE_PX = 600, narrowed = new WeakSet();
  window.tollboard_grid = { narrowed: (grid) => {
    if (window.innerWidth >= PHONE_PX || narrowed.has(grid)) return;
    narrowed.add(grid);
    const columns = grid.getAllGridColumns(), own = columns.filter((one) => (one.getColDef().context || {}).counted !== undefined);
    const counted = own.find((one) => one.getColDef().context.counted);
    if (!counted || counted === own[0]) return;
    grid.moveColumns([counted], columns.indexOf(own[0]) + 1);
    grid.setColumnWidths([{ key: own[0], newWidth: Math.min(own[0].getActualWidth(), 184) }, { key: counted, newWidth: 106 }]);
  } };
  /* The grid moves the focus from cell to cell; Enter goes where the cell, or else its row, leads. */
  document.addEventListener("keydown", (event) => {
    const cell = event.key === "Enter" && event.target.closest("#grid .ag-cell");
    if (!cell || event.target.closest("input")) return;
    const way = cell.querySelector("a.way") || cell.closest(".ag-row").querySelector("a.way");
    if (way) { event.preventDefault(); way.click(); }
  });
})();
