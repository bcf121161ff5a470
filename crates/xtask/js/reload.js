// Loads the page anew when `cargo xtask serve --watch` has built another version of it.
const watch = async () => {
  for (let seen; ; ) {
    try {
      // Answered when there is another version than the one that was seen.
      const version = await (await fetch(`.version?seen=${seen}`)).text();
      if (seen !== undefined && version !== seen) location.reload();
      seen = version;
    } catch {
      // The server was ended; it may be started again.
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  }
};
watch();
