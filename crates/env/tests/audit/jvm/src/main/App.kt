const val REGION = "REGION_NAME"

fun main() {
    val port = System.getenv("PORT") ?: "8080"
    val key = System.getenv("SIGNING_KEY") ?: error("SIGNING_KEY is missing")
    val must = System.getenv("MUST")!!
    val region = System.getenv(REGION)
    val map = System.getenv()["FROM_MAP"] ?: "none"
    val text = "http://${System.getenv("API_HOST")}/\${NOT_CODE}"
    /* System.getenv("OUT") /* nested */ System.getenv("STILL_OUT") */
}
