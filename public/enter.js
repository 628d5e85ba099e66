// The household's days begin where the person is: the browser knows the time zone, the server cannot.
for (const input of document.querySelectorAll("input[data-time-zone]"))
  input.value = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
// A link into the demo household leads right in where nobody is signed out by it.
document.querySelector("form[data-at-once]")?.requestSubmit();
// The Enter that ends a composition belongs to the input method: it sends no form. (229: Safari.)
addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.isComposing || event.keyCode === 229)) event.preventDefault();
}, true);
