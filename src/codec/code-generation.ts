let allowed: boolean | undefined;

/**
 * True if strings may become code here, tried once, when the first table is used. A page whose Content-Security-Policy
 * lacks `unsafe-eval` forbids it, `node --disallow-code-generation-from-strings` does the same.
 */
export function mayGenerateCode(): boolean {
  allowed ??= tryIt();
  return allowed;
}

function tryIt(): boolean {
  try {
    new Function("");
    return true;
  } catch {
    return false;
  }
}
