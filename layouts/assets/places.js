/* A component of ours: what Dash makes goes into a place of the page that the server wrote. */
(() => {
  "use strict";
  function Into({ place, children }) {
    const [there] = window.React.useState(() => {
      const found = document.getElementById(place);
      if (found) found.replaceChildren();
      return found;
    });
    return there ? window.ReactDOM.createPortal(children, there) : null;
  }
  window.tollboard_places = { Into };
})();
