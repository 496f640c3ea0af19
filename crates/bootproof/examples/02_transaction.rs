//! A transaction that fails half-way leaves nothing: `cargo run -p bootproof --example 02_transaction`

use bootproof::Startup;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let boot = Startup::from_file("bootproof.toml")?.run().await.or_exit();
    let db = boot.database("main")?;
    db.transaction(|tx| Box::pin(async move { tx.execute("CREATE TABLE IF NOT EXISTS users (name TEXT)").await }))
        .await?;
    let half_done = db
        .transaction(|tx| {
            Box::pin(async move {
                tx.execute("INSERT INTO users (name) VALUES ('ada')").await?;
                tx.execute("INSERT INTO profiles_that_do_not_exist (name) VALUES ('ada')").await
            })
        })
        .await;
    assert!(half_done.is_err(), "the second insert fails, and takes the first one with it");
    Ok(())
}
