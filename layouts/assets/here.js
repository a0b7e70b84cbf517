/* Said where the person is, in a dialog, in a panel or on the page: what stops them, why what they asked
   for was not done, and what was done after they had gone elsewhere. */
(() => {
  "use strict";
  const NOTHING = "Nothing was done.";
  const UNKNOWN = "It is not known whether this was done: look for it before you do it again.";
  const setProps = (id, props) => window.dash_clientside.set_props(id, props);
  const noUpdate = () => window.dash_clientside.no_update;
  const propsOf = (id) => { const there = window.dash_component_api && window.dash_component_api.getLayout(id); return there ? there.props : null; };
  const panelNow = () => window.tollboard.address().get("panel");

  /* --- what stops everything: the session has ended, the server is gone or of another release ------- */
  const shown = {};
  function notice(layer, why, way) {
    const said = why ? `${way}|${why}` : "";
    if ((shown[layer] || "") === said || !propsOf(`${layer}-stopped`)) return;
    shown[layer] = said;
    if (why) {
      setProps(`${layer}-stopped-text`, { children: why });
      setProps(`${layer}-stopped-again`, { children: way });
    }
    setProps(`${layer}-stopped`, { hidden: !why });
  }
  function tell(why, inPanel, way) {
    const failed = propsOf("panel-failed");
    notice("panel", why || (failed && failed.hidden ? inPanel : ""), way);
    ["ask", "confirm"].forEach((layer) => notice(layer, why, way));
  }

  /* --- what a person asked for: by which button, and from which panel -------------------------------- */
  const BUTTONS = [[/"ask-confirm\./, "ask"], [/\\"type\\":\\"act\\"/, "act"], [/"confirm-(go|password)\./, "confirm"], [/"grid\.getRowsRequest/, "rows"]];
  let last = null; /* what was done last from a panel, and where the person was then */
  let pressedIn = null; /* Dash sends later: Back may come between a press and its request */
  document.addEventListener("click", (event) => { if (event.target.closest(".actions .act, #ask-confirm")) pressedIn = panelNow(); }, true);
  function sent(body) {
    const changed = (/"changedPropIds":\[(.*?)\](?=,")/.exec(body) || [])[1];
    const [, button] = changed ? BUTTONS.find(([form]) => form.test(changed)) || [] : [];
    if (!button) return null;
    const asked = { button, panel: pressedIn, request: button === "rows" ? propsOf("grid").getRowsRequest : null };
    if (button === "ask" || button === "act") last = asked;
    return asked;
  }
  const left = () => last !== null && last.panel !== panelNow();
  /* No answer, or one that refuses: said beside the button. */
  async function refused(asked, answer) {
    if (!asked) return;
    if (asked.button === "rows") { rowsLost(asked.request); return; }
    const why = await reason(answer, asked.button);
    if (asked.button === "confirm") setProps("confirm-problem", { children: why });
    else if (asked.button === "ask" && propsOf("ask").is_open && !left()) setProps("ask-problem", { children: why });
    else sayElsewhere(why, "failed");
  }
  async function reason(answer, button) {
    const unknown = button === "ask" ? UNKNOWN : "Try again once it does.";
    if (answer === null || (answer.status >= 502 && !answer.headers.has("Tollboard-Page"))) return `The server did not answer. ${unknown}`;
    if (answer.status === 401) return NOTHING;
    if (answer.status === 400) return `The server does not know what this page asks for. ${NOTHING} Reload the page.`;
    const said = await answer.clone().json().then((given) => given.error, () => "");
    return `${said || "The server made a mistake."} ${answer.status === 500 ? unknown : NOTHING}`;
  }
  /* A block of rows that never came: the grid waits for two, and then asks for none any more. */
  let missing = false;
  function rowsLost(request) {
    missing = true;
    if (request && request.failCallback) request.failCallback();
  }
  const rowsMissing = () => { const were = missing; missing = false; return were; };

  /* --- elsewhere than in its dialog: in the panel that it was asked from, else on top of the page ------ */
  function sayElsewhere(text, look) {
    if (panelNow() !== null && !left()) {
      setProps("outcome-text", { children: text });
      setProps("outcome", { className: `outcome ${look === "done" ? "done" : "refused"}` });
      return;
    }
    const place = document.getElementById("uploads").appendChild(document.createElement("div"));
    const [said, away] = ["span", "button"].map((tag) => place.appendChild(document.createElement(tag)));
    place.className = `${look} stays`;
    said.textContent = text;
    away.type = "button"; away.className = "dismiss"; away.title = "Dismiss"; away.setAttribute("aria-label", "Dismiss");
    away.addEventListener("click", () => place.remove());
  }
  function outcome(text, look) {
    if (!text || !left()) return noUpdate();
    sayElsewhere(text, look.includes("refused") ? "failed" : "done");
    setProps("outcome-text", { children: "" });
    setProps("outcome", { className: "outcome" });
    return noUpdate();
  }
  function problem(text, open) {
    if (!text || (open && !left())) return noUpdate();
    sayElsewhere(text, "failed");
    setProps("ask-problem", { children: "" });
    return noUpdate();
  }

  /* --- Back and Forward take what stood over the panel with them, and nothing is done ------------------ */
  const close = (id) => { const there = propsOf(id); if (there && there.is_open) setProps(id, { is_open: false }); };
  window.addEventListener("popstate", () => {
    ["ask", "confirm"].forEach(close);
    document.querySelectorAll("dialog[open]").forEach((help) => help.close());
    if (panelNow() !== null || !propsOf("panel")) return;
    close("panel"); /* at once: a server that is gone would leave it open */
    setProps("panel-shown", { data: null });
  });
  /* A question that comes after the person has gone elsewhere is not asked. */
  function asked(open) {
    if (open && left()) setProps("ask", { is_open: false });
    return noUpdate();
  }
  const cancelled = () => false;
  /* The password is asked for by what was asked for in a panel that was left: nothing waits for it. */
  function passwordAsked(open) {
    if (!open || !left()) return false;
    setProps("confirm", { is_open: false });
    sayElsewhere(`Your password was needed. ${NOTHING}`, "failed");
    return true;
  }
  const forUpload = () => { last = null; setProps("confirm", { is_open: true }); };

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.tollboard_here = { outcome, problem, asked, cancelled };
  window.tollboard_here = { tell, sent, refused, rowsMissing, passwordAsked, forUpload };
})();
