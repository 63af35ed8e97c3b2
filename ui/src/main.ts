import { mount } from "svelte";
import App from "./App.svelte";
import "./app.css";
import { chooseHost } from "./host";
import { Page } from "./state/page.svelte";

const target = document.getElementById("page");
if (target) {
  const host = await chooseHost();
  const report = (message: string) => {
    host.call("log_from_ui", { level: "error", message }).catch(() => undefined);
  };
  window.addEventListener("error", (event) => report(event.message));
  window.addEventListener("unhandledrejection", (event) => report(String(event.reason)));
  const page = new Page(host);
  mount(App, { target, props: { page } });
  await page.start();
}
