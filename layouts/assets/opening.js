/* A panel opens at once, in the shape that it will have; what fills it comes when the server answers. */
(() => {
  "use strict";
  const OPENING = "opening"; /* what the panel shows is not known yet: an answer of the server replaces it */
  const PATIENCE_MS = 5000;
  const setProps = (id, props) => window.dash_clientside.set_props(id, props);
  const shown = () => { const kept = window.dash_component_api.getLayout("panel-shown"); return kept ? kept.props.data : null; };
  const title = (hit) => hit && hit.matches(".tile .open") ? hit.textContent : "Opening…";
  let since = 0, told = false;
  function begin(hit) {
    if (!window.dash_component_api || !window.dash_component_api.getLayout("panel-shown")) return;
    since = Date.now();
    quiet();
    setProps("panel-shown", { data: OPENING });
    ["total", "words", "facts", "message"].forEach((part) => setProps(`panel-${part}`, { children: "" }));
    ["rows", "actions", "sides", "papers"].forEach((part) => setProps(`panel-${part}`, { children: [] }));
    setProps("panel-detail", { hidden: true });
    setProps("outcome-text", { children: "" });
    setProps("outcome", { className: "outcome" });
    setProps("panel", { is_open: true, title: title(hit) });
  }
  function quiet() {
    if (told) setProps("panel-failed", { hidden: true });
    told = false;
  }
  /* Once a second: a panel that waits says so when the server is away, or takes longer than one waits for. */
  function tell(away) {
    if (!since) return;
    if (shown() !== OPENING) { since = 0; quiet(); return; }
    if (told || !(away || Date.now() - since > PATIENCE_MS)) return;
    told = true;
    setProps("panel-failed-text", { children: away ? "The server is away." : "The server has not answered yet." });
    setProps("panel-failed", { hidden: false });
  }
  window.tollboard_opening = { begin, tell, waits: () => since > 0 && shown() === OPENING };
})();
