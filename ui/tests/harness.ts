import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { expect, onTestFinished } from "vitest";
import App from "../src/App.svelte";
import type { View } from "../src/bindings/wire";
import { FakeHost } from "../src/host/fake";
import { Page } from "../src/state/page.svelte";

export const NOW = Date.parse("2026-03-04T20:00:00Z");

type Options = Partial<ConstructorParameters<typeof FakeHost>[0]> & { view?: View };

/** Opens the window on a simulated household. */
export async function open({ view = "now", ...options }: Options = {}) {
  const host = new FakeHost({ scenario: "busy", now: () => NOW, ...options });
  const page = new Page(host, () => NOW);
  page.navigation.open(view);
  const rendered = render(App, { page });
  const stop = await page.start();
  onTestFinished(stop);
  await screen.findByTestId(`view-${view}`);
  const user = userEvent.setup();
  const click = async (testid: string) => user.click(await screen.findByTestId(testid));
  const sent = (name: string) => host.calls.filter((call) => call.name === name).map((call) => call.args);
  return { host, page, user, click, sent, ...rendered };
}

/** Finds no barrier. Contrast needs a real browser and is left out. */
export async function expectAccessible() {
  const { violations } = await axe.run(document.body, {
    rules: { "color-contrast": { enabled: false }, "scrollable-region-focusable": { enabled: false } },
    resultTypes: ["violations"],
  });
  expect(violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(" ")}`)).toEqual([]);
}
