//! From file to bound listener in fifteen lines. Run it in the repository's folder:
//! `cargo run -p bootproof --example 01_listener`

use bootproof::Startup;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let boot = Startup::from_file("bootproof.toml")?.run().await; // never panics, always a report
    let boot = boot.or_exit(); // or the report on stderr and the documented exit code
    let listener = boot.listener("api")?; // bound, listening, and nobody else's
    let listener = tokio::net::TcpListener::from_std(listener)?; // it is nonblocking already
    let address = listener.local_addr()?;
    let client = tokio::spawn(async move { tokio::net::TcpStream::connect(address).await });
    let (_, who) = listener.accept().await?;
    assert_eq!(client.await??.local_addr()?, who);
    Ok(())
}
