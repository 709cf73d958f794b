// The short names that cards and people use most, as the emoji they stand for.
const NAMES = `
rotating_light 🚨|warning ⚠️|fire 🔥|bell 🔔|no_bell 🔕|sos 🆘|exclamation ❗|bangbang ‼️|question ❓|red_circle 🔴
large_orange_circle 🟠|orange_circle 🟠|large_yellow_circle 🟡|large_green_circle 🟢|green_circle 🟢|large_blue_circle 🔵
white_circle ⚪|black_circle ⚫|large_red_square 🟥|white_check_mark ✅|heavy_check_mark ✔️|ballot_box_with_check ☑️|x ❌
no_entry ⛔|no_entry_sign 🚫|stop_sign 🛑|hourglass ⌛|hourglass_flowing_sand ⏳|stopwatch ⏱️|alarm_clock ⏰|clock1 🕐
calendar 📅|date 📅|eyes 👀|ear 👂|speech_balloon 💬|left_speech_bubble 🗨️|thought_balloon 💭|mega 📣|loudspeaker 📢
envelope ✉️|email 📧|incoming_envelope 📨|inbox_tray 📥|outbox_tray 📤|telephone_receiver 📞|phone ☎️|iphone 📱|computer 💻
link 🔗|paperclip 📎|pushpin 📌|round_pushpin 📍|memo 📝|pencil 📝|pencil2 ✏️|clipboard 📋|page_facing_up 📄|bookmark 🔖
label 🏷️|package 📦|truck 🚚|shopping_trolley 🛒|credit_card 💳|moneybag 💰|dollar 💵|euro 💶|receipt 🧾|bank 🏦
lock 🔒|unlock 🔓|closed_lock_with_key 🔐|key 🔑|shield 🛡️|bust_in_silhouette 👤|busts_in_silhouette 👥|star ⭐|star2 🌟
sparkles ✨|tada 🎉|trophy 🏆|crown 👑|gem 💎|heart ❤️|broken_heart 💔|thumbsup 👍|+1 👍|thumbsdown 👎|-1 👎|clap 👏
pray 🙏|raised_hands 🙌|wave 👋|point_right 👉|point_left 👈|point_up ☝️|muscle 💪|handshake 🤝|raising_hand 🙋
smile 😄|smiley 😃|grinning 😀|slightly_smiling_face 🙂|blush 😊|joy 😂|laughing 😆|wink 😉|heart_eyes 😍|thinking_face 🤔
neutral_face 😐|expressionless 😑|confused 😕|disappointed 😞|worried 😟|cry 😢|sob 😭|angry 😠|rage 😡|triumph 😤|scream 😱
cold_sweat 😰|sweat_smile 😅|face_with_rolling_eyes 🙄|face_palm 🤦|shrug 🤷|zzz 💤|sleeping 😴|mask 😷|sick 🤒|skull 💀
robot_face 🤖|ghost 👻|alien 👽|poop 💩|rocket 🚀|zap ⚡|boom 💥|bulb 💡|battery 🔋|electric_plug 🔌|wrench 🔧|hammer 🔨
hammer_and_wrench 🛠️|gear ⚙️|mag 🔍|mag_right 🔎|chart_with_upwards_trend 📈|chart_with_downwards_trend 📉|bar_chart 📊
arrow_up ⬆️|arrow_down ⬇️|arrow_right ➡️|arrow_left ⬅️|arrow_upper_right ↗️|arrow_lower_right ↘️|arrows_counterclockwise 🔄
repeat 🔁|leftwards_arrow_with_hook ↩️|globe_with_meridians 🌐|earth_asia 🌏|earth_africa 🌍|house 🏠|office 🏢
hospital 🏥|ambulance 🚑|police_car 🚓|scales ⚖️|balance_scale ⚖️|newspaper 📰|tv 📺|camera 📷|sunny ☀️|cloud ☁️|umbrella ☔
snowflake ❄️|coffee ☕|pizza 🍕|apple 🍎|bread 🍞|bird 🐦|bug 🐛|ladybug 🐞|dog 🐶|cat 🐱|flag-in 🇮🇳|flag-tr 🇹🇷|flag-gb 🇬🇧
flag-us 🇺🇸|100 💯|one 1️⃣|two 2️⃣|three 3️⃣|four 4️⃣|information_source ℹ️|new 🆕|ok 🆗|ok_hand 👌|recycle ♻️|seedling 🌱
`;

export const EMOJI = new Map(
  NAMES.trim().split(/[|\n]/).map((entry) => {
    const gap = entry.lastIndexOf(" ");
    return [entry.slice(0, gap), entry.slice(gap + 1)];
  }),
);
