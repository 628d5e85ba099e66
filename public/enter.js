// The household's days begin where the person is: the browser knows the time zone, the server cannot.
for (const input of document.querySelectorAll("input[data-time-zone]"))
  input.value = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
// A link into the demo household leads right in where nobody is signed out by it.
document.querySelector("form[data-at-once]")?.requestSubmit();
