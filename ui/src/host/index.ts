import type { Host } from "./host";

export type { Answer, Arguments, CommandName, Host, Unlisten } from "./host";
export { asFailure, HostFailure } from "./host";

/** Picks the host. The simulated household is not part of what is shipped. */
export async function chooseHost(): Promise<Host> {
  const simulated = import.meta.env.DEV || import.meta.env.MODE === "demo";
  if (simulated && !("__TAURI_INTERNALS__" in window)) {
    const { FakeHost, isScenario } = await import("./fake");
    const asked = new URLSearchParams(location.search).get("household");
    const fake = new FakeHost({ scenario: isScenario(asked) ? asked : "busy" });
    fake.live();
    return fake;
  }
  return (await import("./tauri")).tauriHost;
}
