/* The page of an unreadable store looks every ten seconds whether the store answers again. */
(() => {
  "use strict";
  const look = async () => {
    try {
      const answer = await fetch("/healthz", { cache: "no-store" });
      if (answer.ok) { window.location.reload(); return; }
    } catch { /* the server is gone too: it is asked again */ }
    window.setTimeout(look, 10_000);
  };
  window.setTimeout(look, 10_000);
})();
