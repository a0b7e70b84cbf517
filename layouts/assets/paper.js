/* Printing: charts as wide as the paper's layout, in light colours, and when the figures were read. */
(() => {
  "use strict";
  const root = document.documentElement;
  const plots = () => Array.from(document.querySelectorAll("#main .dash-graph .js-plotly-plot"));
  const chart = (plot) => plot.closest(".dash-graph").id.replace(/-graph$/, "");
  const WIDE = { traffic: 822, "top-destinations": 394 }, OTHERS = 388; /* of a page of 1300 px, as page.css lays it out */
  function dress(layoutOf) {
    plots().forEach((plot) => window.Plotly.relayout(plot, { template: window.tollboard.template(chart(plot)), ...layoutOf(plot) }));
  }
  const written = (moment) => moment.toLocaleString([], { dateStyle: "medium", timeStyle: "medium" });
  window.addEventListener("beforeprint", () => {
    root.setAttribute("data-bs-theme", "light");
    root.setAttribute("data-ag-theme-mode", "light");
    document.getElementById("printed").textContent = `Figures of ${written(window.tollboard.readAt())}`;
    const panel = document.querySelector("#panel.show");
    if (panel) {
      root.style.setProperty("--panel-w", panel.offsetWidth);
      root.style.setProperty("--panel-h", panel.offsetHeight);
    } else dress((plot) => ({ width: WIDE[chart(plot)] || OTHERS }));
  });
  window.addEventListener("afterprint", () => {
    window.tollboard.wear();
    dress(() => ({ width: undefined, autosize: true }));
  });
})();
