// After `npm test`: says what it has left out, if anything (share.ts).
if (process.env.CRIMG_ALL !== "1")
  console.log(
    "npm test ran a sample of the repetitive cases, and skipped the fuzzer's tests and the installed package.\n" +
      "CRIMG_ALL=1 npm test runs everything.",
  );
