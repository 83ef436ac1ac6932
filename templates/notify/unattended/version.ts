/** The version of the installer that these modules belong to. */
export const VERSION = "0.1.0"
