interface ScriptPolicy {
  createScriptURL(url: string): string;
}

interface TrustedTypes {
  createPolicy(name: string, rules: ScriptPolicy): ScriptPolicy;
}

const { trustedTypes } = globalThis as { readonly trustedTypes?: TrustedTypes };

// Only addresses that the pipeline made itself come here.
const RULES: ScriptPolicy = { createScriptURL: (url) => url };

/** One for the whole page, which may allow a name only once; made when it is first needed, since making it may be refused. */
const policies: ScriptPolicy[] = [];

/**
 * The address of a worker of ours in a form that `new Worker` takes where a page requires Trusted Types for scripts.
 *
 * @throws TypeError where the page's policy names what it trusts (`trusted-types`) and `ossicle` is not among it.
 * Source: W3C Trusted Types, section 2.3; the type of the result is that of what stands for it, text.
 */
export function trustedScript(url: string): string {
  const policy = policies[0] ?? trustedTypes?.createPolicy('ossicle', RULES) ?? RULES;
  policies[0] = policy;
  return policy.createScriptURL(url);
}
