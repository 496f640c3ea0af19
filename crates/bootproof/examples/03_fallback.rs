//! Each answer of Redis says where it came from: `cargo run -p bootproof --example 03_fallback`

use bootproof::Startup;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let boot = Startup::from_file("bootproof.toml")?.run().await.or_exit();
    let cache = boot.redis("cache")?;
    cache.set("greeting", "hello", None).await?;
    let answer = cache.get("greeting").await?;
    assert_eq!(answer.value.as_deref(), Some(b"hello".as_slice()));
    let tasks = boot.tasks()?;
    let task = tasks.spawn("warm-up", async {})?;
    task.wait(std::time::Duration::from_secs(1)).await;
    Ok(())
}
