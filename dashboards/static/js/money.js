// Prices beside each other, where they can be compared at all. Pure.

/** The price asked as a share of the right's usual price; null in different currencies or where one is no number. */
export function shareOfUsual(listing, right) {
  const usual = right?.usual_price;
  const currency = (text) => String(text ?? "").trim().toUpperCase();
  if (!usual || !listing?.currency || currency(listing.currency) !== currency(usual.currency)) return null;
  const [asked, normal] = [amount(listing.price), amount(usual.amount)];
  return asked !== null && normal > 0 ? asked / normal : null;
}

/** "1,299.00" and "¥99" are numbers to people too; a range or words are not. */
function amount(text) {
  const plain = String(text ?? "").replace(/[\s,¥￥$€£]/g, "");
  return /^\d+(\.\d+)?$/.test(plain) ? Number(plain) : null;
}
