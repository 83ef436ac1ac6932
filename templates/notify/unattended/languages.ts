import type { EventName, Language } from "./settings.ts"

interface Words {
  /** What happened, for the title. */
  what: Record<EventName, string>
  /** The same as a sentence, when nothing more may be said. */
  sentence: Record<EventName, string>
  hours: string
  minutes: string
  seconds: string
  /** Before a notification that could not be delivered when it was due; `at` is its time. */
  away: (at: string) => string
  /** In place of notifications that came too fast. */
  more: (count: number) => string
  /** The title and text of a notification about the notifications themselves. */
  trouble: Record<"title" | "settings" | "quota" | "refused", string>
}

const EN: Words = {
  what: {
    done: "done",
    error: "error",
    stuck: "stuck",
    permission: "needs permission",
    question: "has a question",
  },
  sentence: {
    done: "The agent has finished.",
    error: "The agent stopped with an error.",
    stuck: "The agent keeps trying and gets no answer.",
    permission: "The agent waits for your approval.",
    question: "The agent waits for your answer.",
  },
  hours: "h",
  minutes: "min",
  seconds: "s",
  away: (at) => `while away, ${at}:`,
  more: (count) => `and ${count} more`,
  trouble: {
    title: "opencode notifications",
    settings: "notify.json cannot be read, the last good settings stay in use. See: installer doctor",
    quota: "The ntfy server's daily quota is used up: no more pushes until 00:00 UTC.",
    refused: "The ntfy server refuses this machine's messages. See: installer doctor",
  },
}

const TH: Words = {
  what: {
    done: "เสร็จแล้ว",
    error: "เกิดข้อผิดพลาด",
    stuck: "ติดขัด",
    permission: "ขออนุญาต",
    question: "มีคำถาม",
  },
  sentence: {
    done: "เอเจนต์ทำงานเสร็จแล้ว",
    error: "เอเจนต์หยุดทำงานเพราะเกิดข้อผิดพลาด",
    stuck: "เอเจนต์ลองซ้ำหลายครั้งแล้วยังไม่ได้รับคำตอบ",
    permission: "เอเจนต์รอการอนุมัติจากคุณ",
    question: "เอเจนต์รอคำตอบจากคุณ",
  },
  hours: "ชม.",
  minutes: "นาที",
  seconds: "วินาที",
  away: (at) => `ระหว่างที่คุณไม่อยู่ ${at} น.:`,
  more: (count) => `และอีก ${count} รายการ`,
  trouble: {
    title: "การแจ้งเตือนของ opencode",
    settings: "อ่าน notify.json ไม่ได้ จึงใช้การตั้งค่าเดิมต่อไป ดูที่: installer doctor",
    quota: "โควตาประจำวันของเซิร์ฟเวอร์ ntfy หมดแล้ว จะไม่มีการแจ้งเตือนจนถึง 00:00 UTC",
    refused: "เซิร์ฟเวอร์ ntfy ปฏิเสธข้อความจากเครื่องนี้ ดูที่: installer doctor",
  },
}

export const WORDS: Record<Language, Words> = { en: EN, th: TH }

/** Given milliseconds, return them in words, at most two units. */
export function duration(ms: number, language: Language): string {
  const { hours, minutes, seconds } = WORDS[language]
  const all = Math.round(ms / 1_000)
  const [h, min, s] = [Math.floor(all / 3_600), Math.floor(all / 60) % 60, all % 60]
  if (h > 0) return `${h} ${hours} ${min} ${minutes}`
  return min > 0 ? `${min} ${minutes} ${s} ${seconds}` : `${s} ${seconds}`
}
