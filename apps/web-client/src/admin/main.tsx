import { render } from "preact";
import "../ui/styles/index.css";
import "./admin.css";
import { Dashboard } from "./dashboard.tsx";
import { checkLogin } from "./login.ts";
import { listenToLinks } from "./navigation.ts";

const root = document.getElementById("root");
if (root === null) throw new Error("admin.html has no #root");

listenToLinks();
render(<Dashboard />, root);
void checkLogin();
