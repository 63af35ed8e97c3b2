import { describe, expect, it } from "vitest";
import type { AppState } from "../src/bindings/wire";
import { FakeHost } from "../src/host/fake";
import { AppStore } from "../src/state/app.svelte";
import { JournalStore } from "../src/state/journal.svelte";
import { SettingsStore } from "../src/state/settings.svelte";
import { Toasts } from "../src/state/toasts.svelte";
import { NOW } from "./harness";

const fake = (scenario: "busy" | "large" | "empty" = "busy") => new FakeHost({ scenario, now: () => NOW });

describe("the start of the page", () => {
  it("listens before it asks, and keeps what arrived in between", async () => {
    const host = fake();
    const order: string[] = [];
    const app = new AppStore({
      call: async (name) => {
        order.push(name);
        const old = structuredClone(host.state);
        host.change({ statusLine: "newer" });
        return old as never;
      },
      onState: async (listener) => {
        order.push("listen");
        return host.onState(listener);
      },
      onOpenView: (listener) => host.onOpenView(listener),
    });
    await app.start();
    expect(order).toEqual(["listen", "get_state"]);
    expect(app.current?.statusLine).toBe("newer");
  });

  it("drops news that are not newer", async () => {
    const host = fake();
    const app = new AppStore(host);
    let tell: (state: AppState) => void = () => undefined;
    const original = host.onState.bind(host);
    host.onState = async (listener) => {
      tell = listener;
      return original(listener);
    };
    await app.start();
    const revision = app.current?.revision ?? 0;
    tell({ ...host.state, revision, statusLine: "same" });
    tell({ ...host.state, revision: revision - 1, statusLine: "older" });
    expect(app.current?.statusLine).not.toMatch(/same|older/);
    tell({ ...host.state, revision: revision + 1, statusLine: "newer" });
    expect(app.current?.statusLine).toBe("newer");
  });

  it("shows why there is no state", async () => {
    const host = fake();
    host.failNext("get_state", { code: "internal", message: "No engine." });
    const app = new AppStore(host);
    await app.start();
    expect(app.failure?.message).toBe("No engine.");
  });
});

describe("the journal", () => {
  it("reads older rows page by page until there are none", async () => {
    const journal = new JournalStore(fake("busy"));
    await journal.refresh();
    expect(journal.entries).toHaveLength(200);
    await journal.more();
    await journal.more();
    expect(journal.entries).toHaveLength(420);
    expect(journal.complete).toBe(true);
    expect(new Set(journal.entries.map((entry) => entry.id)).size).toBe(420);
  });

  it("takes over new outcomes of rows it knows", async () => {
    const host = fake();
    const journal = new JournalStore(host);
    await journal.refresh();
    await journal.more();
    const first = host.journal[0];
    if (first) host.journal[0] = { ...first, outcome: "failed" };
    await journal.refresh();
    expect(journal.entries[0]?.outcome).toBe("failed");
    expect(journal.entries).toHaveLength(400);
  });

  it("finds every word of a filter in any place", async () => {
    const journal = new JournalStore(fake());
    await journal.refresh();
    journal.filter = "alice not near";
    expect(journal.matching.length).toBeGreaterThan(0);
    expect(journal.matching.every((entry) => entry.subject.viewer === "Alice")).toBe(true);
    journal.filter = "";
    journal.onlyActions = true;
    expect(journal.matching.every((entry) => entry.actions.length > 0)).toBe(true);
  });
});

describe("the settings", () => {
  it("sends only what was changed", async () => {
    const host = fake();
    const settings = new SettingsStore(host, new Toasts());
    await settings.load();
    if (settings.draft) settings.draft.remainingEpisodes = 3;
    expect(settings.dirty).toBe(true);
    await settings.save();
    expect(host.calls.at(-1)).toEqual({ name: "change_settings", args: { patch: { remainingEpisodes: 3 } } });
    expect(settings.dirty).toBe(false);
  });

  it("does not save what is out of range", async () => {
    const settings = new SettingsStore(fake(), new Toasts());
    await settings.load();
    for (const value of [0, 11, 2.5, null]) {
      if (settings.draft) settings.draft.remainingEpisodes = value;
      expect(settings.canSave).toBe(false);
      expect(settings.problems.remainingEpisodes).toBe("A whole number from 1 to 10.");
    }
  });

  it("keeps unsaved changes when monitoring is switched", async () => {
    const settings = new SettingsStore(fake(), new Toasts());
    await settings.load();
    if (settings.draft) settings.draft.protectTag = "mine";
    await settings.changeNow({ enabled: false });
    expect(settings.draft?.protectTag).toBe("mine");
    expect(settings.changed).toEqual(["protectTag"]);
  });
});
