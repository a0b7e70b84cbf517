/* The dialog that asks: Enter in a field presses its button. */
(() => {
  "use strict";
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches(".ask:not(.again) .modal-body :is(input, select)")) return;
    event.preventDefault();
    document.getElementById("ask-confirm").click();
  });
})();
