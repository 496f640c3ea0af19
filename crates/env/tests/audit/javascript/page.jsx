export default function Page() {
  const env = process.env;
  return (
    <div>
      <p>Don't panic: it's {env.PAGE_TITLE}</p>
      <br />
      <a href="/x">{process.env.NEXT_PUBLIC_LINK || "#"}</a>
    </div>
  );
}
