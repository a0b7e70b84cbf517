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
  /* The grid moves the focus from cell to cell; Enter goes where the cell, or else its row, leads. */
  document.addEventListener("keydown", (event) => {
    const cell = event.key === "Enter" && event.target.closest("#grid .ag-cell");
    if (!cell || event.target.closest("input")) return;
    const way = cell.querySelector("a.way") || cell.closest(".ag-row").querySelector("a.way");
    if (way) { event.preventDefault(); way.click(); }
  });
})();
