// A reporter for `node --test`: how many tests passed and failed, as JSON.

export default async function* counts(events) {
  const counts = { passed: 0, failed: 0 };
  for await (const { type, data } of events) {
    const isTest = data.details?.type !== "suite" && data.skip === undefined && data.todo === undefined;
    if (isTest && type === "test:pass") counts.passed += 1;
    if (isTest && type === "test:fail") counts.failed += 1;
  }
  yield JSON.stringify(counts);
}
