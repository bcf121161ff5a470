// Where the page under test is, and what may follow in its address.

/** The address of the page under test. */
export function siteUrl() {
  const url = process.env.GAN_URL;
  if (!url) {
    throw new Error(
      "GAN_URL is not set: run these tests with `cargo xtask test --e2e`, or set it to the " +
        "address of a served build, such as http://127.0.0.1:8080/",
    );
  }
  return new URL(url);
}

/** What follows the `#` of the page's address for these options. */
export function hash({ spec, ...rest } = {}) {
  const parts = Object.entries(rest).map(([key, value]) => `${key}=${value}`);
  if (spec !== undefined) {
    parts.push(`spec=${encodeURIComponent(typeof spec === "string" ? spec : JSON.stringify(spec))}`);
  }
  return parts.length === 0 ? "" : `#${parts.join("&")}`;
}
