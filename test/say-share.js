// After `npm test`: says what it has left out, if anything (share.ts).
if (process.env.CRIMG_ALL !== "1")
  console.log(
    "npm test tries a share of the cases that are many of a kind, and leaves the fuzzer's and those that install the package.\n" +
      "CRIMG_ALL=1 npm test leaves nothing out.",
  );
