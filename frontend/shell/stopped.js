// Handles a page whose program did not start, is late, or crashed. Uses only the document, so that it works
// without WebAssembly.
(() => {
  const root = document.documentElement;
  const bar = () => document.getElementById("stopped");
  const started = () => root.hasAttribute("data-hydrated");
  // Set by the panic hook: from then on nothing reaches the program.
  const died = () => root.hasAttribute("data-stopped");
  let waiting = true;
  let said = "";

  const say = (what) => {
    said = what;
    const shown = bar();
    // The document is still being parsed.
    if (!shown) return addEventListener("DOMContentLoaded", () => said && say(said), { once: true });
    for (const text of shown.querySelectorAll("[data-why]")) text.hidden = text.dataset.why !== what;
    shown.hidden = !what;
    // While a dialog is open everything else is inert.
    const dialog = document.querySelector("dialog:modal");
    // A bar that is moved while its button is pressed would lose the click.
    if (dialog) shown.parentNode === dialog || dialog.append(shown);
    else if (document.body.firstElementChild !== shown) document.body.prepend(shown);
  };
  const fail = () => {
    if (said !== "unsaved") say("stopped");
    if (!died()) return;
    waiting = false;
    // The page is no longer updated, so nothing on it may claim that it is.
    for (const claim of document.querySelectorAll(".badge, .bar [role=status], #connection, .people")) claim.remove();
  };
  new MutationObserver(() => {
    if (died()) fail();
    else if (started()) {
      waiting = false;
      say("");
    }
  }).observe(root, { attributeFilter: ["data-hydrated", "data-stopped"] });
  setTimeout(() => waiting && !said && say("slow"), 10_000);

  // Only errors of the program count; browser extensions cause errors of their own.
  const hear = ({ type, filename = "", error, reason = error }) => {
    const from = `${filename} ${reason?.stack ?? ""} ${reason?.message ?? ""}`;
    const program = from.includes(`${location.origin}/pkg/`);
    // A trap without a panic, or an exception inside the program: its state is not reliable any more. A
    // rejected promise of the browser is not as severe.
    if ((globalThis.WebAssembly && reason instanceof WebAssembly.RuntimeError) || (program && type === "error")) root.setAttribute("data-stopped", "");
    if (died() || (waiting && (program || !/\w:\/\//.test(from)))) fail();
  };
  for (const type of ["error", "unhandledrejection"]) addEventListener(type, hear);

  // Forms that the server accepts are posted; what only the program could send stays on the screen.
  const without = {
    submit(event) {
      const { target } = event;
      if (target.method !== "get") return;
      event.preventDefault();
      say("unsaved");
    },
    keydown(event) {
      const { target } = event;
      if (event.key !== "Enter" || target.tagName !== "SELECT" || target.form?.method !== "post") return;
      event.preventDefault();
      target.form.requestSubmit();
    },
    // A field that no form posts is left with Enter or Tab, and only the program would have saved its text. A
    // choice is not typed, and nothing is saved before its form is sent.
    change({ target }) {
      if (target.form?.method !== "post" && !/radio|checkbox/.test(target.type)) say("unsaved");
    },
    click({ target }) {
      const button = target.closest?.("button");
      const form = button?.form;
      if (button?.matches(".behind")) form.querySelector("dialog").showModal();
      else if (button?.matches(".sheet-done")) button.closest("dialog").close();
      else if (button?.matches(".chip")) {
        form.elements["form[article_id]"].value = button.value;
        form.requestSubmit();
      }
    },
    popstate: () => location.reload(),
  };
  const others = "input keyup focus blur focusin focusout pointerdown pointerup paste toggle cancel close scroll online pageshow visibilitychange";
  for (const name of [...Object.keys(without), ...others.split(" ")])
    addEventListener(
      name,
      (event) => {
        if (name === "click" && event.target.closest?.("#stopped button")) location.reload();
        if (!said && !died()) return;
        if (died()) event.stopImmediatePropagation();
        if (!started() || died()) without[name]?.(event);
      },
      true,
    );
})();
