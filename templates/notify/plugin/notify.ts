// opencode loads every file directly in this folder as a plugin of its own: keep one copy, and no other export.
import { server } from "../unattended/server.ts"
import { setup } from "../unattended/setup.ts"

export default {
  id: "opencode-unattended",
  server: server(import.meta.url),
  setup: setup(import.meta.url),
}
