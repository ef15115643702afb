// What a page shows, kept in its address, so that it can be reloaded, sent to a colleague and saved as a view.

export const read = (name) => new URLSearchParams(location.search).get(name) ?? "";

/** Put values into the address; an empty one is taken out. */
export function write(values) {
  const address = new URL(location.href);
  for (const [name, value] of Object.entries(values)) {
    if (value) address.searchParams.set(name, value);
    else address.searchParams.delete(name);
  }
  history.replaceState(null, "", address);
}

/** The address as a saved view keeps it: without the case in hand and the language. */
export function view() {
  const parameters = new URLSearchParams(location.search);
  for (const name of ["case", "lang"]) parameters.delete(name);
  return parameters.toString();
}
