/* Finding: the search box and the customer filter. What is typed is looked up on the server. */
(() => {
  "use strict";
  const WAIT_MS = 180;
  const KINDS = { customer: "Customers", invoice: "Invoices", file: "CDR files", auth_code: "Auth codes", call: "Calls" };
  const byId = (id) => document.getElementById(id);
  function part(tag, className, text) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text) made.textContent = text;
    return made;
  }
  /* A list below a field: typed, looked up, gone through with the arrows, chosen with Enter or a click. */
  function finder({ field, list, address, draw, least, empty }) {
    let asked = 0, timer = 0, at = -1;
    const input = () => byId(field), place = () => byId(list);
    const options = () => Array.from(place().querySelectorAll("[role=option]"));
    function dress() {
      const dressed = input();
      if (dressed.getAttribute("role") === "combobox") return;
      const given = { role: "combobox", "aria-autocomplete": "list", "aria-controls": list, "aria-expanded": "false", spellcheck: "false" };
      Object.entries(given).forEach(([name, value]) => dressed.setAttribute(name, value));
    }
    function show(nodes) {
      at = -1;
      place().replaceChildren(...nodes);
      const any = options().length > 0;
      place().hidden = nodes.length === 0;
      if (any) place().setAttribute("role", "listbox"); else place().removeAttribute("role");
      place().setAttribute("aria-label", "Found");
      input().setAttribute("aria-expanded", String(any));
      input().removeAttribute("aria-activedescendant");
    }
    function say(text) { show(text ? [part("p", "said", text)] : []); }
    async function look() {
      const text = input().value.trim(), mine = (asked += 1);
      if (text.length < least) { say(text ? `Type ${least} letters or digits.` : ""); return; }
      let answer;
      try {
        const response = await fetch(`${address}?q=${encodeURIComponent(text)}`);
        answer = await response.json();
      } catch (error) { answer = { error: "The server does not answer; try again." }; }
      if (mine !== asked) return;
      if (answer.error) { say(answer.error); return; }
      const nodes = draw(answer);
      if (nodes.length) show(nodes); else say(empty(answer));
    }
    function move(step) {
      const all = options();
      if (!all.length) return;
      at = (at + step + all.length) % all.length;
      all.forEach((one, index) => one.setAttribute("aria-selected", String(index === at)));
      all[at].scrollIntoView({ block: "nearest" });
      input().setAttribute("aria-activedescendant", all[at].id);
    }
    document.addEventListener("focusin", (event) => {
      if (event.target.id !== field) return;
      dress();
      if (event.target.value || least === 0) look();
    });
    document.addEventListener("input", (event) => {
      if (event.target.id !== field) return;
      clearTimeout(timer);
      timer = setTimeout(look, WAIT_MS);
    });
    document.addEventListener("keydown", (event) => {
      if (event.target.id !== field) return;
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) { event.preventDefault(); move(step); }
      else if (event.key === "Enter") {
        event.preventDefault();
        const chosen = options()[Math.max(0, at)];
        if (chosen) chosen.click();
      } else if (event.key === "Escape" && !place().hidden) { event.stopPropagation(); say(""); }
    }, true);
    return { close: () => say(""), look };
  }
  let made = 0;
  function option(title, detail, aside) {
    const one = part("div", "option");
    one.setAttribute("role", "option"); one.id = `found-${(made += 1)}`;
    one.setAttribute("aria-selected", "false");
    one.append(part("span", "title", title), part("span", "detail", detail || ""));
    if (aside) one.append(part("span", "aside num", aside));
    return one;
  }

  const search = finder({
    field: "search", list: "search-found", address: "/find", least: 2,
    draw(answer) {
      const nodes = [];
      Object.entries(KINDS).forEach(([kind, name]) => {
        const hits = answer.hits.filter((hit) => hit.kind === kind);
        if (!hits.length) return;
        const group = part("div", "group");
        group.setAttribute("role", "group"); group.setAttribute("aria-label", name);
        const head = part("span", "kind", name); head.setAttribute("aria-hidden", "true");
        group.append(head, ...hits.map((hit) => {
          const one = option(hit.title, hit.detail, hit.at && new Date(hit.at).toLocaleString([], { dateStyle: "medium", timeStyle: "short" }));
          one.opens = hit.opens;
          return one;
        }));
        nodes.push(group);
      });
      if (nodes.length && answer.since) nodes.push(part("p", "said", `Calls since ${new Date(answer.since).toLocaleDateString()} were looked at.`));
      return nodes;
    },
    empty: (answer) => answer.since ? `Nothing found; calls were looked at back to ${new Date(answer.since).toLocaleDateString()}.` : "Nothing found.",
  });
  finder({
    field: "customer-search", list: "customer-found", address: "/find/customers", least: 0,
    draw: (answer) => answer.customers.map((customer) => {
      const one = option(customer.company, customer.custid);
      one.dataset.customer = customer.custid;
      return one;
    }),
    empty: () => "No customer has that in its name or number.",
  });

  /* The two dates begin as the ones that are shown. */
  function datesShown(tries) {
    const first = byId("period-first"), last = byId("period-last"), shown = byId("period-span").dataset;
    if (first && first.offsetParent) { first.value = shown.first; last.value = shown.last; }
    else if (tries > 0) setTimeout(() => datesShown(tries - 1), 60);
  }
  function focusWhenShown(id, tries) {
    const field = byId(id);
    if (field && field.offsetParent) field.focus();
    else if (tries > 0) setTimeout(() => focusWhenShown(id, tries - 1), 60);
  }
  document.addEventListener("click", (event) => {
    const hit = event.target.closest("#search-found [role=option]");
    if (hit) {
      leaveSearch();
      byId("search").blur();
      window.tollboard.go({ ...window.tollboard.NO_PANEL, ...hit.opens });
      return;
    }
    const whose = event.target.closest("[data-customer]");
    if (whose) {
      window.tollboard.go({ customer: whose.dataset.customer || null });
      const toggle = document.querySelector(".menu.customer .dropdown-toggle[aria-expanded=true]");
      if (toggle) toggle.click();
      return;
    }
    const toggled = event.target.closest(".menu.customer > button, .menu.customer .dropdown-toggle");
    if (event.target.closest(".menu.period .dropdown-toggle")) datesShown(30);
    if (toggled) focusWhenShown("customer-search", 30);
    if (event.target.closest("[data-search]")) { openSearch(); return; }
    if (!event.target.closest(".search")) leaveSearch();
  });
  /* Where there is room for a symbol only, the box takes the place of other controls while it is searched. */
  const SEARCHING = "searching-now", narrow = document.documentElement.classList;
  let before = null;
  function openSearch() {
    if (document.activeElement !== byId("search")) before = document.activeElement;
    narrow.add(SEARCHING);
    byId("search").focus();
  }
  function leaveSearch() {
    if (byId("search-found")) search.close();
    narrow.remove(SEARCHING);
  }
  window.tollboard_search = openSearch;
  document.addEventListener("focusout", (event) => {
    if (event.target.id !== "search" || (event.relatedTarget && event.relatedTarget.closest(".search"))) return;
    if (event.relatedTarget || !event.target.value) leaveSearch();
  });
  /* Escape closes what was found first, and then the box: the focus goes back to where it was. */
  document.addEventListener("keydown", (event) => {
    if (event.target.id !== "search" || event.key !== "Escape") return;
    const there = [before, document.querySelector("[data-search]")].find((one) => one && one !== document.body && document.contains(one));
    leaveSearch();
    event.target.blur();
    if (there) there.focus();
  });
})();
