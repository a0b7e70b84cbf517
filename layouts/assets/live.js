/* What happens in the browser alone: ages, the watchdog, themes, the address. */
(() => {
  "use strict";
  const root = document.documentElement;
  const live = { read: null, at: Date.now(), failed: null, failedAt: 0, offSince: 0, asked: null, signedOut: false, replaced: false };
  const CALLBACKS = "/_dash-update-component"; /* Dash adds a query to it */
  const noUpdate = () => window.dash_clientside.no_update;
  const setProps = (id, props) => window.dash_clientside.set_props(id, props);
  const address = () => new URLSearchParams(window.location.search);
  const byId = (id) => document.getElementById(id);

  const OFF = "off"; /* as 0: nothing is asked for by itself */
  function refreshSeconds(fallback) {
    const given = address().get("refresh");
    if (given === OFF) return 0;
    if (given === null || !/^\d{1,4}$/.test(given)) return fallback;
    return Number(given);
  }
  function addressWith(changes) {
    const params = address();
    Object.entries(changes).forEach(([name, value]) => (value === null ? params.delete(name) : params.set(name, value)));
    const query = params.toString();
    return window.location.pathname + (query ? `?${query}` : "");
  }
  function go(changes, hit) {
    const before = address().get("panel");
    window.history.pushState({}, "", addressWith(changes));
    if (address().has("panel") && address().get("panel") !== before) window.tollboard_opening.begin(hit);
    addressAgain();
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
    followCut();
  }
  /* Another panel starts without the filter, the order and the call of the one before it. */
  const NO_PANEL = { panel: null, filter: null, sort: null, row: null };

  /* --- ages ------------------------------------------------------------------------------- */
  function age(seconds) {
    if (seconds < 60) return `${Math.max(0, Math.floor(seconds))} s`;
    if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
    if (seconds < 86400) return `${Math.floor(seconds / 3600)} h`;
    const days = Math.floor(seconds / 86400);
    return `${days} day${days === 1 ? "" : "s"}`;
  }
  function sinceNow(moment) {
    const seconds = (Date.now() - moment.getTime()) / 1000;
    return seconds < 5 ? "just now" : `${age(seconds)} ago`;
  }
  function tellAges() {
    document.querySelectorAll("time[data-rel]").forEach((place) => {
      const written = place.getAttribute("datetime");
      if (!written) return;
      const moment = new Date(written);
      const text = sinceNow(moment);
      if (place.textContent !== text) place.textContent = text;
      const exact = moment.toLocaleString();
      if (place.title !== exact) place.title = exact;
    });
  }

  const ENDED = "Your session has ended. Reload this page to sign in again.";
  const REPLACED = "Tollboard was brought up to date. Reload this page to have the new one.";
  /* --- the clock: once a second, and whenever a refresh was answered or failed. It writes by itself:
     through Dash, every second would cost what a refresh costs. ------------------------------------- */
  let told = null;
  function answered(...given) {
    if (!told) begun();
    told = given;
    clock();
    return noUpdate();
  }
  /* Dash has put its menus into the page; an address that changed before it listened is told to it. */
  function begun() {
    window.setInterval(clock, 1000);
    wear();
    const heard = window.dash_component_api.getLayout("location").props.search;
    if (heard !== undefined && heard !== window.location.search) window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
  }
  function ticking() {
    const timer = window.dash_component_api.getLayout("tick");
    return Boolean(timer) && !timer.props.disabled;
  }
  function clock() {
    const [read, failed, fallback] = told, off = !ticking(), now = Date.now();
    if (read !== live.read) { if (live.failed) rowsAgain(); else if (live.read && read && live.read.token !== read.token) freshRows(); live.read = read; live.at = now; live.failed = null; }
    if (failed && failed !== live.lastFailure) { live.lastFailure = failed; live.failed = failed.why; live.failedAt = live.failedAt || now; }
    if (!live.failed) live.failedAt = 0;
    const every = refreshSeconds(fallback);
    const paused = every === 0;
    keepTicking(now, every, paused, off);
    tellAges();
    window.tollboard_opening.tell(live.signedOut ? "" : live.failed || (live.down ? "The server is away." : ""));
    root.classList.toggle("kiosk", address().get("kiosk") === "1");
    const wall = document.getElementById("wall-clock");
    if (wall) wall.textContent = new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
    const seconds = (now - live.at) / 1000;
    const silent = !document.hidden && (live.down || (!paused && seconds > 2.5 * every + 6));
    const still = Boolean(live.failed) || silent || live.signedOut, stale = still || live.replaced;
    const text = paused ? `paused, ${age(seconds)} ago` : `${age(seconds)} ago`;
    const since = new Date(live.at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" });
    const notice = byId("notice");
    if (live.replaced) notice.classList.toggle("news", !still);
    const why = live.signedOut ? ENDED : live.replaced ? REPLACED
      : live.failed || `The server does not answer. ${paused ? "Refreshing is off: Try again asks it." : "This page keeps trying and recovers by itself."}`;
    const away = silent && !live.failed ? why : "";
    window.tollboard_here.tell(live.signedOut || live.replaced ? why : away, still ? why : "", live.signedOut || live.replaced ? "Reload" : "Try again");
    const changedAt = read && read.changed ? `data last changed ${sinceNow(new Date(read.changed))}` : "no data yet";
    write("status-text", "children", text);
    write("status-every", "children", paused ? "" : `· every ${every} s`);
    write("status", "className", still ? "status stale" : paused ? "status paused" : "status");
    write("notice-text", "children", still ? `Figures of ${since}, kept as they were. ${why}` : live.replaced ? REPLACED : "");
    write("notice", "hidden", !stale);
    write("stamps", "children", `page read ${since}\n${changedAt}`);
  }
  function keepTicking(now, every, paused, off) {
    const rest = paused || document.hidden;
    if (every !== live.asked) {
      live.asked = every;
      const jitter = 0.95 + Math.random() * 0.1;
      setProps("tick", { interval: Math.max(1, every) * 1000 * jitter, disabled: rest });
      mark("[data-refresh]", "refresh", every === 0 ? OFF : String(every));
      return;
    }
    if (rest) { live.offSince = 0; if (!off) setProps("tick", { disabled: true }); return; }
    if (!off) { live.offSince = 0; return; }
    live.offSince = live.offSince || now;
    /* A call that is only slow is waited for. */
    if (now - live.offSince > 35000) { live.offSince = 0; setProps("tick", { disabled: false }); }
  }
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && live.read !== null && live.asked) setProps("woken", { data: Date.now() });
  });
  /* Nothing but a new page helps: the session has ended, or the server is of another release. */
  function outlived(reason) {
    if (live[reason]) return;
    live[reason] = true;
    const button = document.getElementById("notice-retry");
    if (button) button.textContent = "Reload";
    /* A screen on a wall, where nobody presses anything, reloads itself; not all screens at once. */
    if (reason === "replaced" && address().get("kiosk") === "1") window.setTimeout(reload, 2000 + Math.random() * 20000);
  }
  const reload = () => window.location.reload();
  function replied(answer) {
    const release = answer.headers.get("Tollboard-Page");
    if (release && release !== root.dataset.release) outlived("replaced");
    if (answer.status === 401) outlived("signedOut");
    /* A proxy's word for a server that is gone; the server's own has the release with it. */
    live.down = !release && [502, 503, 504].includes(answer.status);
    return answer;
  }
  /* What Dash asks for before it starts came with the page; its charts are put into the theme. */
  const CAME = { "/_dash-layout": ["layout", dressed], "/_dash-dependencies": ["callbacks", (given) => given] };
  function came(address) {
    const [id, made] = CAME[new URL(address, window.location.href).pathname] || [], there = id && byId(id);
    if (!there) return null;
    there.remove();
    return new Response(JSON.stringify(made(JSON.parse(there.textContent))), { headers: { "Content-Type": "application/json" } });
  }
  function dressed(part) {
    const props = part && part.props;
    if (!props) return part;
    if (part.type === "Graph") props.figure.layout.template = template(props.id.replace(/-graph$/, ""));
    /* An address that asks for nothing beside the view that came: no callback needs to look at it. */
    else if (part.type === "Location" && !["panel", "row", "tables"].some((name) => address().has(name))) {
      ["href", "pathname", "search", "hash"].forEach((name) => { props[name] = window.location[name]; });
    } else if (Array.isArray(props.children)) props.children.forEach(dressed);
    else dressed(props.children);
    return part;
  }
  /* An address whose call was lost is not on the screen: it is told again once the server answers. */
  const fromDash = (asked) => typeof asked === "string" && new URL(asked, window.location.href).pathname === CALLBACKS;
  const asksForAddress = (sent) => Boolean(sent) && /"changedPropIds":\["location\./.test(sent.body);
  function addressAgain() {
    if (live.lost) { live.lost = false; setProps("location", { search: window.location.search }); }
  }
  /* The page tells what was refused or lost; Dash would stumble over an answer that is not its own, and
     leave what waits for it (the timer, a button) off for ever. */
  function untold(person, answer) {
    window.tollboard_here.refused(person, answer);
    if (told) clock();
    return new Response(null, { status: 204 });
  }
  const plainFetch = window.fetch;
  window.fetch = (...given) => {
    const there = typeof given[0] === "string" && came(given[0]);
    if (there) return Promise.resolve(there);
    const asked = asksForAddress(given[1]), dashs = fromDash(given[0]), person = dashs ? window.tollboard_here.sent(given[1].body) : null;
    return plainFetch(...given).then((answer) => {
      if (asked && answer.status >= 500) live.lost = true; else if (!asked && answer.ok) { addressAgain(); if (window.tollboard_here.rowsMissing()) freshRows(); }
      replied(answer);
      if (answer.headers.has("Tollboard-Rows")) window.tollboard_here.refused(person, answer);
      return answer.ok || !dashs ? answer : untold(person, answer);
    }, (error) => {
      live.down = error.name !== "AbortError";
      if (asked) live.lost = true;
      if (dashs) return untold(person, null);
      throw error;
    });
  };

  /* --- words: each to its id ---------------------------------------------------------------- */
  const shownWords = {};
  function spread(words, slots) {
    (words || []).forEach((word, place) => write(...slots[place], word));
    return noUpdate();
  }
  function write(id, prop, word) {
    const slot = `${id}.${prop}`, written = JSON.stringify(word);
    if (shownWords[slot] === written) return;
    const there = byId(id);
    if (!there) return;
    shownWords[slot] = written;
    if (prop === "children") there.textContent = word === null ? "" : word;
    else if (prop === "className") there.className = word;
    else if (prop === "hidden") there.hidden = Boolean(word);
    else if (prop === "style") { there.removeAttribute("style"); Object.assign(there.style, word); }
    else if (word === null) there.removeAttribute(prop);
    else there.setAttribute(prop.toLowerCase(), word);
  }

  /* --- themes ------------------------------------------------------------------------------- */
  const systemDark = window.matchMedia("(prefers-color-scheme: dark)");
  function chosenTheme() {
    const given = address().get("theme") || (document.cookie.match(/(?:^|; )theme=(light|dark)/) || [])[1];
    return given === "light" || given === "dark" ? given : "system";
  }
  function mark(selector, name, value) {
    document.querySelectorAll(selector).forEach((item) => item.setAttribute("aria-current", String(item.dataset[name] === value)));
  }
  function wear() {
    const chosen = chosenTheme();
    const worn = chosen === "system" ? (systemDark.matches ? "dark" : "light") : chosen;
    root.setAttribute("data-bs-theme", worn);
    root.setAttribute("data-ag-theme-mode", worn);
    mark("[data-theme]", "theme", chosen);
    return worn;
  }
  function choose(theme) {
    const life = theme === "system" ? 0 : 31536000;
    document.cookie = `theme=${theme};path=/;max-age=${life};samesite=lax`;
    if (address().has("theme")) go({ theme: null });
    setProps("theme", { data: wear() });
  }
  wear();
  systemDark.addEventListener("change", () => setProps("theme", { data: wear() }));

  function template(chart) {
    const style = getComputedStyle(root);
    const token = (name) => style.getPropertyValue(`--${name}`).trim();
    const axis = { gridcolor: token("line"), linecolor: token("line"), zerolinecolor: token("line"), tickfont: { color: token("ink-3"), size: 12 }, automargin: false, spikecolor: token("line-strong"), spikethickness: 1 };
    const layout = {
      font: { family: "Inter, system-ui, sans-serif", size: 12, color: token("ink-3") },
      paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", colorway: [token("bar")],
      hoverlabel: { bgcolor: token("surface"), bordercolor: token("line-strong"), font: { color: token("ink"), size: 13 } },
      xaxis: axis, yaxis: axis,
    };
    const bar = (colour) => ({ marker: { color: colour } });
    if (chart === "files-by-month") {
      const pattern = { bgcolor: token("bar-2"), fgcolor: token("bar"), size: 6, solidity: 0.5 };
      return { layout, data: { bar: [{ marker: { color: token("bar"), pattern } }, { marker: { color: token("bad") } }],
        scatter: [{ textfont: { color: token("ink"), size: 13, weight: 600 } }] } };
    }
    if (chart === "traffic") {
      return { layout, data: { scatter: [{ line: { color: token("line-strong"), width: 1.5, dash: "3px,3px" } }, { line: { color: token("bar"), width: 2 } }, { marker: { color: token("surface"), size: 9, line: { color: token("bar"), width: 2 } } }] } };
    }
    return { layout, data: { bar: [bar(token("sunken")), bar(token("bar")), bar(token("bar-other"))] } };
  }
  let opener = null;
  function figures() {
    const outputs = window.dash_clientside.callback_context.outputs_list;
    const charts = outputs.map((output) => output.id.replace(/-graph$/, ""));
    return charts.map((chart) => {
      const patch = new window.dash_clientside.Patch();
      return patch.assign(["layout", "template"], template(chart)).build();
    });
  }

  /* --- clicks that only change the address or the theme ---------------------------------------- */
  function define(button) {
    const shown = document.querySelector(".definition");
    if (shown) shown.remove();
    if (!button || (shown && shown.button === button)) return;
    const note = document.body.appendChild(document.createElement("div"));
    note.className = "definition"; note.button = button; note.setAttribute("role", "status");
    note.textContent = button.dataset.definition;
    const place = button.getBoundingClientRect();
    note.style.top = `${window.scrollY + place.bottom + 8}px`;
    note.style.left = `${Math.max(12, Math.min(place.left, window.innerWidth - 340))}px`;
  }
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") define(null); });
  document.addEventListener("click", (event) => {
    const asked = event.target.closest("[data-definition]");
    define(asked);
    if (asked) return;
    const hit = event.target.closest("[data-period],[data-refresh],[data-theme],#period-apply,[data-again],[data-retry],[data-panel],[data-row]");
    if (!hit || event.metaKey || event.ctrlKey) return;
    if (hit.dataset.period) { event.preventDefault(); go({ period: hit.dataset.period === "past-month" ? null : hit.dataset.period, from: null, to: null }); }
    else if (hit.dataset.refresh) { event.preventDefault(); go({ refresh: hit.dataset.refresh }); }
    else if (hit.dataset.theme) choose(hit.dataset.theme);
    else if (hit.dataset.retry) { if (window.tollboard_opening.waits()) window.tollboard_opening.again(); else rowsAgain(); }
    else if (hit.dataset.again) { if (live.replaced || live.signedOut) reload(); else setProps("woken", { data: Date.now() }); }
    else if (hit.id === "period-apply") {
      const from = document.getElementById("period-first"), to = document.getElementById("period-last");
      from.setCustomValidity(from.value ? "" : "From which day on?");
      const days = (Date.parse(to.value) - Date.parse(from.value)) / 86400000, bound = hit.closest("[data-longest-days]").dataset;
      to.setCustomValidity(!to.value ? "To which day?" : days < 0 ? "The last day is before the first one." : days >= Number(bound.longestDays) ? bound.tooLong : "");
      if (from.reportValidity() && to.reportValidity()) go({ period: null, from: from.value, to: to.value });
    } else if (hit.dataset.panel) {
      event.preventDefault();
      if (!hit.closest("#panel")) opener = hit;
      go({ ...NO_PANEL, panel: hit.dataset.panel, filter: hit.dataset.filter || null }, hit);
    } else if (hit.dataset.row !== undefined) { event.preventDefault(); go({ row: hit.dataset.row || null }); }
  });

  window.dash_clientside = window.dash_clientside || {};
  function clicked(...points) {
    const context = window.dash_clientside.callback_context;
    const place = context.inputs_list.findIndex((input) => input.id === context.triggered_id);
    const point = points[place];
    if (!point) return noUpdate();
    const chart = window.dash_clientside.callback_context.triggered_id.replace(/-graph$/, "");
    const row = document.getElementById(`${chart}-${point.points[0].pointIndex}-name`);
    const [first] = point.points;
    if (row) { row.click(); return noUpdate(); }
    opener = null;
    if (chart === "traffic") go({ ...NO_PANEL, panel: `day-${address().get("measure") || "calls"}:${first.x}` });
    else if (first.customdata) go({ ...NO_PANEL, panel: first.customdata });
    return noUpdate();
  }
  /* --- the panel: closing it clears the address and gives the focus back -------------------------- */
  function closed(open) {
    if (!open && address().has("panel")) go(NO_PANEL);
    if (!open && opener && document.contains(opener)) opener.focus();
    return noUpdate();
  }
  /* --- the password was given again: what waited for it goes on ------------------------------------ */
  function confirmed(at) {
    const waiting = document.querySelector(".ask.show #ask-confirm");
    if (at && waiting) waiting.click();
    return noUpdate();
  }
  function focused(open) {
    if (open && !window.tollboard_here.passwordAsked(open)) window.setTimeout(() => { const field = document.getElementById("confirm-password"); if (field) field.focus(); }, 200);
    return noUpdate();
  }
  /* What the grid filters and sorts is in the address too, without a step of history for each letter. */
  function wished(request) {
    if (!request || !address().has("panel")) return noUpdate();
    const filter = Object.keys(request.filterModel || {}).length ? JSON.stringify(request.filterModel) : null;
    const sort = (request.sortModel || []).length ? JSON.stringify(request.sortModel) : null;
    const there = addressWith({ filter, sort });
    if (there !== window.location.pathname + window.location.search) window.history.replaceState({}, "", there);
    return noUpdate();
  }
  const grid = () => window.dash_ag_grid && document.querySelector("#grid .ag-root") ? window.dash_ag_grid.getApi("grid") : null;
  /* Another cut of the panel that is open, as Back brings it: the grid stays and follows the address. */
  let cutOf = address().get("panel");
  function followCut() {
    const panel = address().get("panel"), same = panel !== null && panel === cutOf, shown = grid();
    cutOf = panel;
    if (!same || !shown) return;
    let wanted = {};
    try { wanted = JSON.parse(address().get("filter") || "{}"); } catch (error) { return; }
    if (JSON.stringify(shown.getFilterModel()) !== JSON.stringify(wanted)) shown.setFilterModel(wanted);
  }
  window.addEventListener("popstate", followCut);
  function rowsAgain() {
    if (document.getElementById("panel-failed")) setProps("panel-failed", { hidden: true });
    freshRows();
  }
  function freshRows() {
    const shown = grid();
    if (shown) shown.refreshInfiniteCache();
  }
  window.dash_clientside.tollboard = { answered, spread, figures, closed, clicked, wished, confirmed, focused };
  window.tollboard = { address, addressWith, go, NO_PANEL, age, paused: () => live.asked === 0, state: () => live.read && live.read.token, readAt: () => new Date(live.at), template, wear, refresh: () => setProps("woken", { data: Date.now() }) };
})();
