import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import type { AppState, View } from "../bindings/wire";
import { asFailure, type Answer, type Arguments, type CommandName, type Host } from "./host";

/** The desktop shell. */
export const tauriHost: Host = {
  async call<Name extends CommandName>(name: Name, args: Arguments<Name>): Promise<Answer<Name>> {
    try {
      return await invoke<Answer<Name>>(name, { ...args });
    } catch (thrown) {
      throw asFailure(thrown);
    }
  },
  onState: (listener) => listen<AppState>("state", (event) => listener(event.payload)),
  onOpenView: (listener) => listen<View>("open-view", (event) => listener(event.payload)),
};
