"""What Word puts on the clipboard: its own styles, smart tags, conditional comments, false lists and a table."""

HTML = """<html xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"
xmlns:w="urn:schemas-microsoft-com:office:word" xmlns:st1="urn:schemas-microsoft-com:office:smarttags"
xmlns="http://www.w3.org/TR/REC-html40"><head><meta http-equiv=Content-Type content="text/html; charset=utf-8">
<meta name=Generator content="Microsoft Word 15"><link rel=File-List href="file:///C:/Temp/msohtmlclip1/01/clip.xml">
<!--[if gte mso 9]><xml><w:WordDocument><w:View>Normal</w:View></w:WordDocument></xml><![endif]-->
<style><!-- /* Style Definitions */ p.MsoNormal {margin:0cm; font-family:"Calibri"; mso-fareast-language:EN-US}
@page WordSection1 {size:595.3pt 841.9pt} @list l0:level1 {mso-level-number-format:bullet} --></style></head>
<body lang=RU style='tab-interval:35.4pt'><!--StartFragment-->
<h3 style='margin:0cm;mso-pagination:none'><span style='font-family:"Times New Roman",serif;color:#2E74B5'>Промывка
сетей<o:p></o:p></span></h3>
<p class=MsoNormal style='margin-bottom:0cm;text-indent:35.4pt'><span
style='mso-spacerun:yes'>&nbsp;&nbsp;&nbsp;&nbsp; </span>
<b style='mso-bidi-font-weight:normal'><span style='font-size:14.0pt;font-family:"Times New Roman",serif'>Воды не
будет</span></b><font face="Arial" color=red> в&nbsp;посёлке</font> <st1:place w:st="on"><st1:City
w:st="on">Красногорск</st1:City></st1:place>&nbsp;&nbsp; до&nbsp;20&nbsp;ноября.<o:p></o:p></p>
<p class=MsoNormal><o:p>&nbsp;</o:p></p>
<p class=MsoListParagraphCxSpFirst style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span
style='font-family:Symbol;mso-list:Ignore'>·<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;
</span></span><![endif]>запасите воду<o:p></o:p></p>
<p class=MsoListParagraphCxSpMiddle style='margin-left:72.0pt;mso-list:l0 level2 lfo1'><![if !supportLists]><span
style='font-family:"Courier New";mso-list:Ignore'>o<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;
</span></span><![endif]>питьевую<o:p></o:p></p>
<p class=MsoListParagraphCxSpLast style='mso-list:l0 level1 lfo1'><![if !supportLists]><span
style='font-family:Symbol;mso-list:Ignore'>·<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;
</span></span><![endif]>закройте краны<o:p></o:p></p>
<table class=MsoTableGrid border=1 cellspacing=0 style='border-collapse:collapse;mso-yfti-tbllook:1184'>
<tr style='mso-yfti-irow:0'><td width=311 valign=top style='border:solid windowtext 1.0pt'><p class=MsoNormal>Речная,
4<o:p></o:p></p></td><td width=312 valign=top><p class=MsoNormal>9:00–14:00<o:p></o:p></p></td></tr></table>
<p class=MsoNormal><a href="https://example.org/akt" style='mso-hyperlink:1'><span lang=EN-US
style='color:#0563C1'>Распоряжение</span></a> и <a href="javascript:alert(1)">звонок</a>, <a
href="file:///C:/Users/1/akt.docx">файл</a><img width=20 height=20
src="file:///C:/Temp/clip_image001.png" v:shapes="_x0000_i1025">
<!--[if supportFields]><span style='mso-element:field-begin'></span> REF _Ref1 <![endif]-->(п.&nbsp;5)<o:p></o:p></p>
<!--EndFragment--></body></html>"""

# The same words in the marks that the site allows.
CLEAN = (
    "<h3>Промывка сетей</h3><p><b>Воды не будет</b> в посёлке Красногорск до 20 ноября.</p>"
    "<ul><li>запасите воду<ul><li>питьевую</li></ul></li><li>закройте краны</li></ul>"
    '<p>Речная, 4</p><p>9:00–14:00</p><p><a href="https://example.org/akt">Распоряжение</a> и звонок, файл (п. 5)</p>'
)
