/* Uploads: the body is the file, read by the server as it comes; two at a time, each with its progress. */
(() => {
  "use strict";
  const AT_ONCE = 2, STAYS_MS = 8000, STAYS_FAILED_MS = 30000;
  const root = document.documentElement;
  const waiting = [];
  let sending = 0;
  const setProps = (id, props) => window.dash_clientside.set_props(id, props);

  function line(file) {
    const place = document.getElementById("uploads").appendChild(document.createElement("div"));
    const [name, said, bar] = ["b", "span", "i"].map((tag) => place.appendChild(document.createElement(tag)));
    name.textContent = file.name;
    said.textContent = "waits for its turn";
    return {
      going(share) { said.textContent = `${Math.floor(100 * share)} %`; bar.style.width = `${100 * share}%`; },
      ended(text, look) {
        said.textContent = text; place.className = look; bar.style.width = look === "done" ? "100%" : "0";
        window.setTimeout(() => place.remove(), look === "done" ? STAYS_MS : STAYS_FAILED_MS);
      },
    };
  }
  /* Asked before the first byte: a refusal in the middle of a large body would look like a lost line. */
  async function allowed() {
    const answer = await window.fetch("/upload");
    if (answer.headers.get("Tollboard-Password")) { window.tollboard_here.forUpload(); return "waits for your password; send it again after"; }
    if (answer.status === 403) return "your role may not upload";
    return answer.ok ? "" : `refused (${answer.status})`;
  }
  function next() {
    if (sending >= AT_ONCE || !waiting.length) return;
    sending += 1;
    const { file, shown } = waiting.shift();
    const ended = (text, look) => { sending -= 1; shown.ended(text, look); next(); };
    const call = new XMLHttpRequest();
    call.open("PUT", `/upload?name=${encodeURIComponent(file.name)}`);
    call.upload.onprogress = (event) => { if (event.lengthComputable) shown.going(event.loaded / event.total); };
    call.onload = () => {
      let answer = {};
      try { answer = JSON.parse(call.responseText); } catch (error) { answer = { error: "The server did not answer as expected." }; }
      if (call.status !== 200) { ended(answer.error || `refused (${call.status})`, "failed"); return; }
      ended(answer.status === "repeated" ? "was delivered before; nothing changed" : "received, waiting to be processed", "done");
      setProps("woken", { data: Date.now() });
    };
    call.onerror = () => ended("the upload broke off; nothing was stored, send it again", "failed");
    shown.going(0);
    call.send(file);
    next();
  }
  async function take(files) {
    const taken = files.map((file) => ({ file, shown: line(file) }));
    const problem = await allowed().catch(() => "the server does not answer; nothing was stored, send it again");
    if (problem) { taken.forEach(({ shown }) => shown.ended(problem, "failed")); return; }
    waiting.push(...taken);
    next();
  }

  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-upload]")) return;
    const input = document.createElement("input");
    input.type = "file"; input.multiple = true;
    input.onchange = () => take(Array.from(input.files));
    input.click();
  });
  const carriesFiles = (event) => event.dataTransfer && Array.from(event.dataTransfer.types).includes("Files") && document.querySelector("[data-upload]");
  document.addEventListener("dragover", (event) => { if (carriesFiles(event)) { event.preventDefault(); root.classList.add("dropping"); } });
  document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) root.classList.remove("dropping"); });
  document.addEventListener("drop", (event) => {
    root.classList.remove("dropping");
    if (!carriesFiles(event)) return;
    event.preventDefault();
    take(Array.from(event.dataTransfer.files));
  });
})();
