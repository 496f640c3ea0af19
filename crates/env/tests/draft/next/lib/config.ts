export const config = {
  database: process.env.DATABASE_URL!,
  site: process.env.NEXT_PUBLIC_SITE_NAME ?? "My Blog",
  api: process.env.NEXT_PUBLIC_API_URL || "http://localhost:3000/api",
  comments: process.env.FEATURE_COMMENTS === "true",
  stripe: process.env.STRIPE_WEBHOOK_SECRET,
  rateLimit: Number(process.env.RATE_LIMIT ?? "1.0"),
  admin: process.env.ADMIN_EMAIL ?? "admin@example.com",
  dev: process.env.NODE_ENV !== "production",
};
