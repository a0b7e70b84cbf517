/* A panel opens at once, in the shape that it will have; what fills it comes when the server answers. */
(() => {
  "use strict";
  const OPENING = "opening"; /* what the panel shows is not known yet: an answer of the server replaces it */
  const PATIENCE_MS = 5000, LATE = "The server has not answered yet.";
  const setProps = (id, props) => window.dash_clientside.set_props(id, props);
  const shown = () => { const kept = window.dash_component_api.getLayout("panel-shown"); return kept ? kept.props.data : null; };
  const title = (hit) => hit && hit.matches(".tile .open") ? hit.textContent : "Opening…";
  let since = 0, told = "";
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
    told = "";
  }
  /* Once a second: a panel that waits says why, or that it takes longer than one waits for; and asks
     again once what was in the way is over. */
  function tell(why) {
    if (!since) return;
    if (shown() !== OPENING) { since = 0; quiet(); return; }
    const late = Date.now() - since > PATIENCE_MS ? LATE : "";
    if (told && told !== LATE && !why) { since = Date.now(); quiet(); again(); return; }
    if (!(why || late) || told === (why || late)) return;
    told = why || late;
    setProps("panel-failed-text", { children: told });
    setProps("panel-failed", { hidden: false });
  }
  const again = () => setProps("location", { search: window.location.search });
  window.tollboard_opening = { begin, tell, again, waits: () => since > 0 && shown() === OPENING };
})();
