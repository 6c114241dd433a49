"""The safety check finds what could lead to a person, and leaves ordinary reports alone."""

import random
import time

import pytest

from publishing.safety import KINDS, findings

# Language, kind, text. Everything named is made up.
SEEDED = [
    ("en", "phone", "Her brother can be reached at +375 29 555 01 23 in the evening."),
    ("en", "phone", "Ring the lawyer (cell: 202-555-0147) before you publish."),
    ("en", "email", "Write to witness.k@example.com for the full statement."),
    ("en", "email", "Contact: s.petrova [at] example [dot] org"),
    ("en", "handle", "He posted the video as @ivan_hrodna97 the same night."),
    ("en", "handle", "His channel, https://t.me/ivan_hrodna97, was closed."),
    ("en", "coordinates", "The grave lies at 53.90454, 27.56152, behind the fence."),
    ("en", "coordinates", "The checkpoint stood at 32°53′14″N 13°11′29″E."),
    ("en", "identity", "The detainee, passport no. HB1234567, was released."),
    ("en", "identity", "ID card number: 4839201745."),
    ("en", "plate", "They drove off in a van with licence plates 7431 KM-5."),
    ("en", "birth-date", "K., born on 12 March 1998, was beaten in the van."),
    ("en", "birth-date", "Date of birth: 1998-03-12"),
    ("en", "address", "She lives at 14 Lenin Street, flat 25."),
    ("en", "tracking", "Read https://example.org/report?id=7&utm_source=mail&utm_medium=x today."),
    ("en", "shared-document", "All names are in https://docs.google.com/document/d/1AbCdEf/edit"),
    ("ru", "phone", "Звоните сестре задержанного: 8 (029) 555-01-23."),
    ("ru", "phone", "Телефон матери 222-33-44, спросить Ольгу."),
    ("ru", "email", "Показания прислали с адреса svidetel.77@example.ru вчера."),
    ("ru", "handle", "Автор съёмки пишет в инстаграме под именем @olga.minsk."),
    ("ru", "coordinates", "Координаты места: 53,9045 и 27,5615."),
    ("ru", "identity", "У него изъяли паспорт МР 1234567."),
    ("ru", "identity", "Паспорт серии 4509 № 123456 остался у следователя."),
    ("ru", "plate", "Увезли на микроавтобусе, госномер А123ВС 77."),
    ("ru", "birth-date", "Иванова О. П., 12.03.1998 г.р., задержана на площади."),
    ("ru", "address", "Обыск прошёл по адресу ул. Притыцкого, д. 62, кв. 14."),
    ("ru", "shared-document", "Список пострадавших: https://disk.yandex.ru/i/AbCdEf12345"),
    ("be", "phone", "Тэлефон сведкі: +375 (33) 555-01-23."),
    ("be", "identity", "Асабісты нумар 3120398A001PB5 быў у пратаколе."),
    ("be", "plate", "Машына з нумарным знакам 1234 АВ-7 стаяла каля ізалятара."),
    ("be", "birth-date", "Затрыманы нарадзіўся 5 жніўня 1987 года ў Гродне."),
    ("be", "address", "Яго забралі з дому: вуліца Якуба Коласа 12, кватэра 5."),
    ("be", "handle", "Ён вёў канал t.me/hrodna_svedka і быў вядомы ў горадзе."),
    ("be", "tracking", "Падрабязней: https://example.by/a?fbclid=IwAR0abc"),
    ("ar", "phone", "للتواصل مع شقيقه: ٠٩٣٣ ١٢٣ ٤٥٦."),
    ("ar", "phone", "رقم هاتفه هو +963 933 123 456"),
    ("ar", "identity", "رقم جواز السفر: N 00412345"),
    ("ar", "identity", "الرقم الوطني للضحية ٠٤٠١٠٢٣٤٥٦٧"),
    ("ar", "birth-date", "أحمد م.، مواليد ١٢/٣/١٩٩٨، من حمص."),
    ("ar", "address", "يسكن في شارع الثورة، بناية ١٢، الطابق الثالث."),
    ("ar", "coordinates", "يقع المعتقل عند ٣٣٫٥١٣٨، ٣٦٫٢٧٦٥ شمال المدينة."),
    ("ar", "email", "أرسل الشهادة إلى shahed@example.net من فضلك"),
    ("ar", "shared-document", "الأسماء كلها هنا https://www.dropbox.com/s/abc123/names.xlsx"),
    ("fa", "phone", "شماره تماس برادرش ۰۹۱۲ ۳۴۵ ۶۷۸۹ است."),
    ("fa", "identity", "کد ملی او ۰۰۱۲۳۴۵۶۷۸ بود."),
    ("fa", "birth-date", "متولد ۱۳۷۷/۰۳/۱۲ در تهران"),
    ("fa", "address", "نشانی: خیابان آزادی، کوچه بهار، پلاک ۱۲"),
    ("fa", "plate", "خودرو با پلاک ۱۲ ب ۳۴۵ ایران ۶۷ دیده شد."),
    ("fr", "phone", "Sa mère répond au 06 12 34 56 78 le soir."),
    ("fr", "address", "Il habite au 12 bis, rue des Lilas, à Lyon."),
    ("es", "identity", "El testigo, con DNI 12345678Z, declaró el lunes."),
    ("es", "address", "Vive en la calle de Alcalá, n.º 20, tercero."),
]

CLEAN = [
    ("en", "On 14 August 2020 the Committee received 6,882 complaints, 450 of them of torture."),
    ("en", "See CCPR/C/130/D/2457/2014, paras. 8.2-8.4, and A/HRC/46/4 of 15 February 2021."),
    ("en", "The Security Council adopted resolution 2334 (2016) by 14 votes to 0 with 1 abstention."),
    ("en", "The official result gave him 80.10 %, her 10.12 %."),
    ("en", "Article 411 of the Criminal Code was applied in case no. 1-23/2021."),
    ("en", "Detentions rose from 1 000 000 to 1 200 000 between 1994 and 2020."),
    ("en", "The law was passed on 12 March 1998 and amended on 01.02.2004."),
    ("en", "On Independence Avenue, 16 August 2020, some 200 000 people marched."),
    ("en", "The organization was founded in 1985 and works in 90 countries."),
    ("en", "The budget was $1,250,000 in 2019-2020, or EUR 1.1 million."),
    ("en", "ISBN 978-92-1-154236-6; ISSN 1020-4644."),
    ("en", "Articles 7, 10 and 14 of the Covenant; Article 2 of the Convention."),
    ("en", "The temperature in the cell fell to 5 °C; 30 people shared 12 square metres."),
    ("en", "The hearing lasts from 09:30 to 17:45 on 3-5 May 2021."),
    ("en", "Read the full report at https://example.org/reports/2021/20210528-report-123456789.pdf"),
    ("en", "Judgment of 13 September 2005, application no. 36378/02, ECHR 2005-III."),
    ("en", "The phone lines were cut for 61 hours; mobile internet for 121 hours."),
    ("en", "Telegram channels named extremist: 340 by 1 June 2021."),
    ("en", "She was born in Hrodna and studied law in Minsk."),
    ("ru", "9 августа 2020 года на площади Независимости задержали 3 000 человек."),
    ("ru", "По статье 342 УК осуждены 1 832 человека, в том числе 12 несовершеннолетних."),
    ("ru", "Дело № 02-1234/2021 рассмотрел суд Центрального района."),
    ("ru", "По проспекту Независимости 23 августа прошли 200 000 человек."),
    ("ru", "Цены выросли на 12,5 %, курс составил 2,5481 рубля."),
    ("ru", "Указ № 345 от 14.08.2020 вступил в силу 01.09.2020."),
    ("ru", "В 2020-2021 годах получено 4 644 обращения о пытках."),
    ("ru", "Телефонная связь не работала 61 час."),
    ("ru", "Комитет принял сообщение № 2361/2014 к рассмотрению 5 мая 2014 года."),
    ("ru", "Паспорта вернули 120 задержанным через 15 суток."),
    ("be", "14 жніўня 2020 года з ізалятара на Акрэсціна выйшлі сотні людзей."),
    ("be", "Па артыкуле 23.34 КаАП затрымалі больш за 7 000 чалавек."),
    ("be", "На праспекце Незалежнасці 16 жніўня сабраліся 200 тысяч чалавек."),
    ("be", "У справаздачы 58 старонак, 1 234 сведчанні і 12 дадаткаў."),
    ("be", "Рэзалюцыя Еўрапарламента 2020/2779(RSP) ад 17 верасня 2020 года."),
    ("be", "Пашпарты забралі ў 15 чалавек, вярнулі праз 10 дзён."),
    ("ar", "في ١٤ آب/أغسطس ٢٠٢٠ تلقت اللجنة ٦٨٨٢ شكوى."),
    ("ar", "اعتمد مجلس الأمن القرار 2334 (2016) بأغلبية 14 صوتا."),
    ("ar", "ارتفعت النسبة من ١٢٫٥ ٪ إلى ٨٠٫١ ٪ خلال عام ٢٠٢١."),
    ("ar", "خرج إلى الشارع أكثر من 200000 شخص في 16 آذار 2021."),
    ("ar", "انظر الوثيقة A/HRC/46/4 المؤرخة 15 شباط/فبراير 2021."),
    ("ar", "انقطعت خدمة الهاتف مدة ٦١ ساعة."),
    ("ar", "المادة 7 من العهد والمادة 2 من اتفاقية مناهضة التعذيب."),
    ("fa", "در ۲۳ مرداد ۱۳۹۹ بیش از ۶۸۸۲ شکایت رسید."),
    ("fa", "ماده ۷ میثاق و قطعنامه ۲۳۳۴ شورای امنیت در سال ۲۰۱۶."),
    ("fa", "در خیابان آزادی ۲۰۰۰ نفر تجمع کردند."),
    ("fr", "Le 14 août 2020, 6 882 plaintes ont été reçues, dont 450 pour torture."),
    ("fr", "Résolution 2334 (2016), adoptée par 14 voix ; document S/PV.7853."),
    ("fr", "En 2020, avenue de l'Indépendance, 200 000 personnes ont défilé."),
    ("es", "El 14 de agosto de 2020 se recibieron 6.882 denuncias."),
    ("es", "La Plaza de Mayo, 24 de marzo de 1976: 30.000 personas desaparecidas."),
    ("es", "El presupuesto fue de 712 000 000 pesos en 2019-2020."),
]


def kinds(text, language):
    return {finding.kind for finding in findings(text, language=language)}


def test_at_least_95_of_100_seeded_texts_are_found():
    missed = [(kind, text) for language, kind, text in SEEDED if kind not in kinds(text, language)]
    assert len(missed) <= 0.05 * len(SEEDED), missed


def test_at_most_5_of_100_clean_texts_raise_an_alarm():
    alarms = [(text, findings(text, language=language)) for language, text in CLEAN if findings(text, language=language)]
    assert len(alarms) <= 0.05 * len(CLEAN), alarms
