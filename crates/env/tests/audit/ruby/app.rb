# ENV["IN_A_COMMENT"]
=begin
ENV["IN_A_BLOCK"]
=end
KEY_NAME = "API_KEY"

class App
  HOST = ENV["HOST"] || "localhost"
  PORT = ENV.fetch("PORT", 3000)
  URL = ENV.fetch("DATABASE_URL")
  KEY = ENV.fetch(KEY_NAME)
  POOL = ENV.fetch("POOL") { 5 }
  LEVEL = ENV.fetch('LOG_LEVEL') do
    "info"
  end
  STRICT = ENV.fetch("STRICT") { |name| raise "#{name} is missing" }
  ON = ENV.key?("FEATURE_Z")
  TEXT = 'ENV["IN_A_TEXT"]'
  REGEX = /ENV\["IN_A_REGEX"\]/
  PATH_TO = "http://#{ENV["API_HOST"]}/ENV['NOT_CODE']"
  LIST = %w[ENV["IN_A_LIST"] b]; PATTERN = %r{\d{2}ENV["IN_A_PATTERN"]}
  SQL = <<~SQL
    select '#{ENV["SCHEMA"]}', 'ENV["NOT_CODE"]'
  SQL
  ENV["WRITTEN"] = "1"
  ENV["MEMORY"] ||= "512"
  MUST = ENV["MUST"] || raise("MUST is missing")
  ANY = ENV["#{prefix}_URL"]
  puts ENV.fetch "BARE", "yes"
end
__END__
ENV["BEHIND_THE_END"]
