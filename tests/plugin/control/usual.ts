// The notify plugin as most people write it: what ours is compared with. SERVER and TOPIC are filled in by the test.
export const Notify = async () => ({
  event: async ({ event }: { event: { type: string } }) => {
    if (event.type === "session.idle") {
      await fetch("SERVER/TOPIC", { method: "POST", body: "opencode is done" })
    }
  },
})
