/* The dialog that asks: Enter in a field presses its button. */
(() => {
  "use strict";
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches(".ask:not(.again) .modal-body :is(input, select)")) return;
    event.preventDefault();
    document.getElementById("ask-confirm").click();
  });
  /* What an action did stays until it is dismissed; the keyboard goes on at the actions. */
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-dismiss]")) return;
    window.dash_clientside.set_props("outcome-text", { children: "" });
    window.dash_clientside.set_props("outcome", { className: "outcome" });
    const next = document.querySelector("#panel .actions .act") || document.querySelector("#panel .btn-close");
    if (next) next.focus();
  });
})();
