import { env as runtime } from "node:process";
import { cleanEnv, port, str } from "envalid";
import { z } from "zod";

const TOKEN_NAME: string = "API_TOKEN";
const { DB_HOST, DB_PORT: dbPort = 5432, DB_NAME = "shop", ...rest } = process.env;

export const config = {
  url: process.env.DATABASE_URL!,
  token: process.env[TOKEN_NAME],
  port: Number(process.env.PORT) || 3000,
  retries: parseInt(process.env.RETRIES ?? "3", 10),
  host: process.env.HOST || 'localhost',
  first: process.env.FIRST || process.env.SECOND || "none",
  // old: process.env.COMMENTED_OUT,
  /* process.env.ALSO_OUT */
  text: "process.env.IN_A_TEXT",
  regex: /process\.env\.IN_A_REGEX["']/,
  template: `http://${process.env.API_HOST ?? "api"}/process.env.NOT_CODE`,
  optional: process?.env?.MAYBE,
  production: process.env.NODE_ENV === "production",
  runtime: runtime.RUNTIME_FLAG,
  mode: import.meta.env.MODE,
  vite: import.meta.env.VITE_API_URL,
  dynamic: process.env[`${prefix}_URL`],
  deno: Deno.env.get("DENO_REGION") ?? "iad",
  bun: Bun.env.BUN_PORT,
  has: "FEATURE_Y" in process.env,
};

process.env.WRITTEN = "1";
delete process.env.DELETED;
process.env.FALLBACK ??= "yes";

export const checked = cleanEnv(process.env, {
  SMTP_HOST: str({ desc: "mail, server" }),
  SMTP_PORT: port({ default: 25 }),
  SMTP_USER: str({ devDefault: "me" }),
});

const schema = z.object({
  STRIPE_KEY: z.string().min(1),
  STRIPE_MODE: z.enum(["test", "live"]).default("test"),
  STRIPE_HOOK: z.string().optional(),
});
export const stripe = schema.parse(process.env);
export const other = z.object({ NOT_READ: z.string() });

function need(name: string, fallback?: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is missing`);
  return value;
}
export const bucket = need("S3_BUCKET", "uploads");
