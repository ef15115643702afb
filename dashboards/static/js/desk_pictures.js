// A right's pictures in its form: those it has, sent ones that it will have once it is saved.

import { postForm } from "./api.js";
import { el, say } from "./dom.js";
import { t, word } from "./i18n.js";

const SHOWN_PIXELS = 320;

/** `address`: of the right in the API, asked when it is needed: a new right gets its id in the form, and has none before. */
export function picturesOf(address, { canChange }) {
  let images = [];
  const drawn = new Map(); // digest -> a canvas with the file as it was chosen: nobody else can show it yet
  const list = el("ul", { class: "kept" });
  const error = el("p", { id: "error-images", class: "field-error", dataset: { errorFor: "images" }, hidden: true });
  const state = el("p", { class: "muted small", role: "status" });
  const input = el("input", { type: "file", accept: "image/*", multiple: true, id: "field-images", "aria-describedby": "error-images", on: { change: send } });
  const picker = el("label", { class: "field-block" }, el("span", { text: t("desk.send_pictures") }), input, el("span", { class: "hint", text: t("desk.hint.pictures") }));

  function fill(all) {
    images = [...(all ?? [])];
    list.replaceChildren(...images.map(card));
  }

  function card(image, number) {
    const remove = el("button", { class: "quiet", type: "button", text: t("desk.remove"), on: { click: () => removeAt(number) } });
    return el(
      "li",
      {},
      picture(image),
      el("bdi", { text: image.path ?? "" }),
      el("br"),
      el("span", { class: "mono muted", text: image.pdq ? `${image.pdq.slice(0, 16)}…` : "" }),
      el("p", { class: "field-error", id: `error-images[${number}]`, dataset: { errorFor: `images[${number}]` }, hidden: true }),
      canChange ? remove : null,
    );
  }

  function picture(image) {
    const sent = drawn.get(image.digest);
    if (sent) return sent;
    if (!image.digest) return el("span", { class: "muted", text: t("desk.only_fingerprint") });
    const alt = t("desk.picture_alt", { name: image.path ?? image.digest.slice(0, 8) });
    const gone = (event) => event.target.replaceWith(el("span", { class: "muted", text: t("desk.no_preview") }));
    return el("img", { src: `${address()}/pictures/${encodeURIComponent(image.digest)}`, alt, loading: "lazy", on: { error: gone } });
  }

  function removeAt(number) {
    fill(images.filter((_, at) => at !== number));
    (list.querySelectorAll(".quiet")[Math.min(number, images.length - 1)] ?? input).focus();
    list.dispatchEvent(new Event("input", { bubbles: true }));
  }

  async function send(event) {
    event.stopPropagation();
    const files = [...input.files];
    if (!files.length) return;
    if (!address()) return say(error, t("desk.id_missing"));
    say(error, "");
    say(state, t("desk.sending"));
    const parts = new FormData();
    for (const file of files) parts.append("picture", file, file.name);
    try {
      const answer = await postForm(`${address()}/pictures`, parts);
      await Promise.all(answer.images.map((image, at) => draw(image, files[at])));
      fill([...images, ...answer.images.filter((image) => !images.some((known) => known.digest === image.digest))]);
      list.dispatchEvent(new Event("input", { bubbles: true }));
      say(state, t("desk.sent", { n: answer.images.length }));
    } catch (problem) {
      say(state, "");
      say(error, problem.errors?.length ? problem.errors.map(refusal).join(" ") : problem.message);
    }
    input.value = "";
  }

  /** Drawn, not linked: the page may load nothing but from its own server. */
  async function draw(image, file) {
    try {
      const bitmap = await createImageBitmap(file);
      const scale = Math.min(1, SHOWN_PIXELS / Math.max(bitmap.width, bitmap.height));
      const canvas = el("canvas", { width: Math.max(1, Math.round(bitmap.width * scale)), height: Math.max(1, Math.round(bitmap.height * scale)), role: "img" });
      canvas.setAttribute("aria-label", t("desk.picture_alt", { name: image.path }));
      canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
      drawn.set(image.digest, canvas);
    } catch {
      drawn.delete(image.digest); // a format that the server reads and this browser does not
    }
  }

  const refusal = ({ name, reason }) => t("desk.picture_refused", { name, why: word("warning", `picture_${reason}`) });
  return { element: el("div", { class: "wide" }, list, error, canChange ? picker : null, state), values: () => (images.length ? images : undefined), fill };
}
