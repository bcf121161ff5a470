// Prints, as JSON, of each named file: its size in bytes after brotli at quality 11 and, of a WebAssembly
// module, the names that it exports.
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { brotliCompress, constants } from "node:zlib";

const compress = promisify(brotliCompress);

const measured = process.argv.slice(2).map(async (file) => {
  const bytes = await readFile(file);
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: 11,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  };
  const exports = file.endsWith(".wasm")
    ? WebAssembly.Module.exports(await WebAssembly.compile(bytes)).map(({ name }) => name)
    : [];
  return { brotli_bytes: (await compress(bytes, { params })).length, exports };
});
console.log(JSON.stringify(await Promise.all(measured)));
