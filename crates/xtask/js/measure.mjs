// Prints, as JSON, the size of each named file in bytes after brotli at quality 11.
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
  return (await compress(bytes, { params })).length;
});
console.log(JSON.stringify(await Promise.all(measured)));
